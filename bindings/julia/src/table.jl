# Tables of a store: rows to append to and to read.

"""
    Forebay.Table

A table of a store: rows to append with `append!` and to read. `table[10:20]` reads rows, as a NamedTuple of columns, `table[:pos]` a column, `table[:pos, 10:20]` both,
`table[7]` one row; `length(table)` is the number of rows. Iterating gives NamedTuples of columns of some thousand rows each. It lives as long as its store is open.

```julia
Forebay.open("meth.h5", "w") do store
    table = Forebay.table(store, "data", "chr:S10,pos:i4")
    append!(table, (chr = ["chr1", "chr2"], pos = [10, 20]))
    table[2].chr == "chr2" && table[:pos, 1:1] == [10]   # true
end
```
"""
struct Table
    store::Store
    name::String
    handle::Ptr{Cvoid}
    fields::Vector{Field}
    row_bytes::Int
    dtype::String
end

with_handle(f, table::Table) = with_handle(_ -> f(table.handle), table.store)

function change(f, table::Table)
    table.store.is_dirty = true
    return with_handle(f, table)
end

deflate_level(compression, level) =
    compression === nothing ? (level === nothing ? 0 : throw(ArgumentError("compression_opts is the level of a compression: give compression = :gzip too"))) :
    Symbol(compression) === :gzip ? something(level, 4) : throw(ArgumentError("compression is $(repr(compression)); it must be :gzip or nothing"))

"""
    Forebay.table(store, name, dtype = nothing; options...)

A [`Forebay.Table`](@ref) of that name, such as "data" or "run1/data", made if it is not there. `dtype` is as in [`Forebay.load`](@ref), or `nothing`: what the table has. Another one than it has is
[`Forebay.MismatchError`](@ref).

Options, named as h5py's, are used when it is made: `layout` :rows (one dataset of records) or :columns (a dataset for each field; whole batches of that layout go to it without a copy),
`chunk_rows`, `compression = :gzip` with its level `compression_opts` (1 to 9, default 4), `shuffle`, `fletcher32`.

```julia
Forebay.open("meth.h5", "w") do store
    Forebay.table(store, "data", (chr = "S10", pos = Int32); layout = :columns, compression = :gzip).dtype   # "chr:S10,pos:i4"
end
```
"""
function table(store::Store, name::AbstractString, like = nothing; layout = :rows, chunk_rows = 0, compression = nothing, compression_opts = nothing,
               shuffle = false, fletcher32 = false)
    options = blank(CTableOptions)
    given = (layout = choice(:layout, layout), chunk_rows = chunk_rows, deflate = deflate_level(compression, compression_opts),
             shuffle = Int(shuffle), fletcher32 = Int(fletcher32))
    foreach(pair -> put!(options, pair...), pairs(given))
    own = like === nothing ? nothing : make_dtype(like)
    return with_handle(store) do handle
        wanted = own === nothing ? C_NULL : own.handle
        found = GC.@preserve own made((arguments...) -> forebay_table_open(handle, c_text(name), wanted, options, arguments...))
        has = forebay_table_dtype(found)
        Table(store, String(name), found, fields_of(has), Int(forebay_dtype_row_bytes(has)), dtype_text(has))
    end
end

Base.length(table::Table) = Int(with_handle(forebay_table_rows, table))
Base.isempty(table::Table) = length(table) == 0
Base.lastindex(table::Table) = length(table)
Base.keys(table::Table) = Tuple(field.name for field in table.fields)
Base.show(io::IO, table::Table) = print(io, "Forebay.Table ", repr(table.name), isopen(table.store) ? " of $(length(table)) rows, " : ", closed, ", repr(table.dtype))

# Writing

"""
    append!(table::Forebay.Table, rows)

Appends rows: a [`Forebay.Batch`](@ref) (whole chunks go to the file without a copy if it has the table's layout), a table of columns (a NamedTuple of vectors, a
DataFrame), or a vector of structs or NamedTuples with the table's fields. A value that does not fit its field is [`Forebay.MismatchError`](@ref), which names column and row; nothing is appended then.

```julia
Forebay.open("meth.h5", "w") do store
    table = Forebay.table(store, "data", "pos:i4,pct:f4")
    append!(table, (pos = [1, 2], pct = [0.5, 1.5]))
    append!(table, [(pos = 3, pct = 2.5)])
    length(table)   # 3
end
```
"""
function Base.append!(table::Table, batch::Batch)
    change(handle -> with_handle(array -> call(forebay_table_append_array, handle, array), batch), table)
    return table
end

function Base.append!(table::Table, values)
    if values isa Vector && isbitstype(eltype(values)) && fault_of_layout(eltype(values), table.fields) === nothing
        append_rows!(table, values, length(values))
    elseif values isa AbstractArray && !(values isa AbstractVector) && length(table.fields) == 1
        append_rows!(table, packed(NamedTuple{keys(table)}((values,)), table.fields, table.row_bytes)...)
    else
        given = is_columns(values) ? values : columns_of_rows(values, table.fields)
        append_rows!(table, packed(given, table.fields, table.row_bytes)...)
    end
    return table
end

append_rows!(table::Table, data, count) =
    GC.@preserve data change(handle -> call(forebay_table_append_rows, handle, Ptr{Cvoid}(pointer(data)), count), table)

field_text(column::AbstractVector{<:AbstractString}) =
    eltype(column) <: FixedString ? item_text(eltype(column)) : "S$(mapreduce(text -> ncodeunits(String(text)), max, column; init = 1))"
field_text(column::AbstractVector{<:Dates.TimeType}) = "M8[ms]"
field_text(column::AbstractVector) = item_text(eltype(column))
field_text(column::AbstractArray) = "$(item_text(eltype(column)))[$(join(reverse(size(column)[1:(end - 1)]), ','))]"

"""
    append!(store::Forebay.Store, columns; table = "data", options...)

Appends a table of columns to the table of that name, which is made for it if it is not there: strings as long as the longest, dates as `M8[ms]`, the rest as it is. `options`
are those of [`Forebay.table`](@ref).
"""
function Base.append!(store::Store, values; table = "data", options...)
    names = propertynames(values)
    like = haskey(store, table) ? nothing : join(("$name:$(field_text(getproperty(values, name)))" for name in names), ",")
    append!(Forebay.table(store, table, like; options...), values)
    return store
end

# Reading

"A column of memory of its own."
function read_column(table::Table, index::Int, first::Int, count::Int)
    field = table.fields[index]
    values = Array{field.type}(undef, (dimensions(field)..., count))
    count == 0 && return values
    done = Ref(UInt64(0))
    GC.@preserve values with_handle(table) do handle
        call(forebay_table_read_column, handle, index - 1, first - 1, count, Ptr{Cvoid}(pointer(values)), done)
    end
    checked_count(table, done[], count)
    return field.is_swapped ? map!(swapped, values, values) : values
end

checked_count(table, got, count) = got == count || throw(FormatError("table $(table.name): $(Int(got)) of $count rows could be read"))

function read_packed!(table::Table, values, first::Int, count::Int)
    done = Ref(UInt64(0))
    GC.@preserve values with_handle(handle -> call(forebay_table_read, handle, first - 1, count, Ptr{Cvoid}(pointer(values)), done), table)
    checked_count(table, done[], count)
    return values
end

function read_columns(table::Table, first::Int, count::Int)
    all = 1:length(table.fields)
    count == 0 && return NamedTuple{keys(table)}(Tuple(tabular(read_column(table, index, first, 0)) for index in all))
    if layout_of(table) === :columns || length(all) == 1
        return NamedTuple{keys(table)}(Tuple(tabular(read_column(table, index, first, count)) for index in all))
    end
    buffer = read_packed!(table, Vector{UInt8}(undef, count * table.row_bytes), first, count)
    taken(field) = tabular(collect(strided(field, pointer(buffer) + field.offset, table.row_bytes, count, buffer)))
    return GC.@preserve buffer NamedTuple{keys(table)}(Tuple(taken(field) for field in table.fields))
end

function checked_rows(table::Table, rows::AbstractUnitRange)
    count = length(table)
    isempty(rows) || (1 <= Base.first(rows) && last(rows) <= count) || throw(BoundsError(table, rows))
    return Int(Base.first(rows)), length(rows)
end
checked_rows(table::Table, ::Colon) = (1, length(table))

Base.getindex(table::Table, rows::Union{AbstractUnitRange, Colon}) = read_columns(table, checked_rows(table, rows)...)
Base.getindex(table::Table, name::Union{Symbol, AbstractString}, rows::Union{AbstractUnitRange, Colon} = Colon()) =
    read_column(table, index_of(table.fields, Symbol(name)), checked_rows(table, rows)...)
Base.getindex(table::Table, row::Integer) = map(Base.first, table[row:row])

"""
    Forebay.rows(table, T; first = 1, count = length(table) - first + 1)

Rows of a table as a `Vector{T}`, read straight into it, where the isbits type `T` has the fields of the table at the same bytes, as in [`Forebay.rows`](@ref) of a batch.

```julia
struct Site
    pos::Int32
    pct::Float32
end
Forebay.open("meth.h5", "w") do store
    table = append!(Forebay.table(store, "data", Site), [Site(7, 0.5), Site(8, 1.5)])
    Forebay.rows(table, Site; first = 2) == [Site(8, 1.5)]
end   # true
```
"""
function rows(table::Table, ::Type{T}; first = 1, count = length(table) - first + 1) where {T}
    fault = fault_of_layout(T, table.fields)
    fault === nothing || throw(MismatchError("the rows of table $(table.name) are no $T: $fault"))
    from, many = checked_rows(table, first:(first + count - 1))
    return many == 0 ? T[] : read_packed!(table, Vector{T}(undef, many), from, many)
end

function Base.iterate(table::Table, from::Int = 1)
    count = min(length(table) - from + 1, max(1, (1 << 20) ÷ max(1, table.row_bytes)))
    return count <= 0 ? nothing : (read_columns(table, from, count), from + count)
end
Base.IteratorSize(::Type{Table}) = Base.SizeUnknown()

# What is known of it

layout_of(table::Table) = table_struct(table).layout == FOREBAY_ARRAY_COLUMNS ? :columns : :rows

function table_struct(table::Table)
    struct_ = blank(CTableInfo)
    with_handle(handle -> call(forebay_table_info_get, handle, struct_), table)
    return struct_[]
end

"""
    Forebay.facts(table)

How a table lies in the file: `layout`, `rows`, `row_bytes`, `chunk_rows`, `chunks`, `stored_bytes`, `deflate`, `shuffle`, `fletcher32`; and `bytes_copied`, bytes of rows that were copied in memory as
they did not fill a whole chunk, or came in another layout.

```julia
Forebay.open("meth.h5", "w") do store
    Forebay.facts(Forebay.table(store, "data", "pos:i4,pct:f4")).row_bytes
end   # 8
```
"""
function facts(table::Table)
    said = table_struct(table)
    return (layout = said.layout == FOREBAY_ARRAY_COLUMNS ? :columns : :rows, rows = Int(said.rows), row_bytes = Int(said.row_bytes),
            chunk_rows = Int(said.chunk_rows), chunks = Int(said.chunks), stored_bytes = Int(said.stored_bytes), deflate = Int(said.deflate),
            shuffle = said.shuffle == 1, fletcher32 = said.fletcher32 == 1, bytes_copied = Int(with_handle(forebay_table_bytes_copied, table)))
end
