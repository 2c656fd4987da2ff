# Values of Julia into rows: a table of columns, or a vector of rows, is written where a field has its place. What does not fit its field is
# an error that names column and row.

"The columns of a table by name: a NamedTuple of vectors, a Batch, or what has such properties (a DataFrame)."
function column_for(values, field::Field)
    field.name in propertynames(values) && return getproperty(values, field.name)
    throw(MismatchError("there is no column $(field.name) in the rows that are given"))
end

rows_in(column::AbstractVector) = length(column)
rows_in(column::AbstractArray) = size(column, ndims(column))

"Number of rows of a table of columns; all must have as many."
function rows_of_columns(values, fields)
    counts = [rows_in(column_for(values, field)) for field in fields]
    all(==(first(counts)), counts) && return first(counts)
    throw(MismatchError("the columns have $(join(counts, ", ")) rows, not as many each"))
end

converted(::Type{T}, value) where {T} = convert(T, value)
converted(::Type{FixedString{N}}, value::NTuple{N, UInt8}) where {N} = FixedString{N}(value)

"A scalar, or the failure that names its place."
function converted_at(::Type{T}, value, name, row) where {T}
    value isa T && return value
    try
        return converted(T, value)::T
    catch failure
        failure isa InterruptException && rethrow()
        cause = failure isa Error ? failure.message : "$(repr(value)) is no $T"
        throw(MismatchError("column $name, row $row: $cause"))
    end
end

"Writes column values of rows `from` on, into a strided place."
function put_column!(target::StridedColumn{T, 1}, column::AbstractVector, from::Int, name) where {T}
    for row in 1:length(target)
        @inbounds target[row] = converted_at(T, column[from + row - 1], name, from + row - 1)
    end
end

function put_column!(target::StridedColumn{T}, column::AbstractVector, from::Int, name) where {T} # of sub-arrays
    for row in 1:rows_in(target)
        items = column[from + row - 1]
        length(items) == target.inner ||
            throw(MismatchError("column $name, row $(from + row - 1): $(length(items)) values, the field has $(target.inner)"))
        for (item, value) in enumerate(items)
            target[(row - 1) * target.inner + item] = converted_at(T, value, name, from + row - 1)
        end
    end
end

function put_column!(target::StridedColumn{T}, column::AbstractArray, from::Int, name) where {T}
    size(column)[1:(end - 1)] == size(target)[1:(end - 1)] ||
        throw(MismatchError("column $name is $(join(size(column), '×')), the field $(join(size(target)[1:(end - 1)], '×'))× rows"))
    for index in 1:length(target)
        row = from + (index - 1) ÷ target.inner
        target[index] = converted_at(T, column[(from - 1) * target.inner + index], name, row)
    end
end

is_columns(values) = !(values isa AbstractVector)

"Rows of a vector as a table of columns, of the names in `fields`."
function columns_of_rows(values::AbstractVector, fields)
    length(fields) == 1 && !(first(fields).name in fieldnames(eltype(values))) && return NamedTuple{(first(fields).name,)}((values,))
    for field in fields
        hasfield(eltype(values), field.name) ||
            throw(MismatchError("the rows are $(eltype(values)), which has no field $(field.name)"))
    end
    names = Tuple(field.name for field in fields)
    return NamedTuple{names}(map(name -> [getfield(row, name) for row in values], names))
end

"Packed rows of a dtype from a table of columns."
function packed(values, fields, row_bytes)
    count = rows_of_columns(values, fields)
    buffer = Vector{UInt8}(undef, count * row_bytes)
    for field in fields
        target = strided(field, pointer(buffer) + field.offset, row_bytes, count, buffer)
        put_column!(target, column_for(values, field), 1, field.name)
    end
    return buffer, count
end
