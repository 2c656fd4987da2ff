# Dtypes of the library, and the types of Julia that are the same bytes.

"A dtype of the library, owned."
mutable struct Dtype
    handle::Ptr{Cvoid}
    function Dtype(handle::Ptr{Cvoid})
        return finalizer(own -> forebay_dtype_free(own.handle), new(handle))
    end
end

"A field: its place in the packed row, and the type of a scalar of it."
struct Field
    name::Symbol
    type::DataType
    is_swapped::Bool
    offset::Int
    item_bytes::Int
    shape::Vector{Int} # as C has it, the last dimension contiguous
end

count_of(field::Field) = prod(field.shape)
bytes_of(field::Field) = field.item_bytes * count_of(field)
"As Julia has it, the first dimension contiguous."
dimensions(field::Field) = Tuple(reverse(field.shape))

const BIG_HOST = ENDIAN_BOM == 0x01020304
const INTEGERS = Dict(1 => Int8, 2 => Int16, 4 => Int32, 8 => Int64)
const UNSIGNED = Dict(1 => UInt8, 2 => UInt16, 4 => UInt32, 8 => UInt64)
const FLOATS = Dict(4 => Float32, 8 => Float64)

function scalar_type(kind, bytes, unit)
    kind == FOREBAY_DTYPE_BYTES && return FixedString{bytes}
    kind == FOREBAY_DTYPE_INT && return INTEGERS[bytes]
    kind == FOREBAY_DTYPE_UINT && return UNSIGNED[bytes]
    kind == FOREBAY_DTYPE_FLOAT && return FLOATS[bytes]
    kind == FOREBAY_DTYPE_BOOL && return Bool
    kind == FOREBAY_DTYPE_DATETIME && return DateTime64{Symbol(unit)}
    throw(DtypeError("a field is of a kind ($kind) that this package does not know: install package and library of the same release"))
end

function field_at(handle, index)
    struct_ = blank(CDtypeField)
    forebay_dtype_field_at(handle, index, struct_) == FOREBAY_OK || return nothing
    bytes, name = Int(value_of(struct_, :item_bytes)), value_of(struct_, :name)
    type = scalar_type(value_of(struct_, :kind), bytes, value_of(struct_, :unit))
    is_swapped = (value_of(struct_, :big_endian) == 1) != BIG_HOST && bytes > 1 && !(type <: FixedString)
    shape = struct_[].shape
    return Field(isempty(name) ? :value : Symbol(name), type, is_swapped, Int(value_of(struct_, :offset)), bytes,
                 [Int(shape[place]) for place in 1:value_of(struct_, :rank)])
end

"The fields of a dtype; a bare type has one, named `value`."
fields_of(handle::Ptr{Cvoid}) = Field[field_at(handle, index) for index in 0:(forebay_dtype_field_count(handle) - 1)]

parse_dtype(text) = Dtype(made(forebay_dtype_parse, c_text(text)))

# From types of Julia

item_text(::Type{FixedString{N}}) where {N} = "S$N"
item_text(::Type{DateTime64{U}}) where {U} = "M8[$U]"
item_text(::Type{Bool}) = "?"
item_text(::Type{T}) where {T <: Union{Int8, Int16, Int32, Int64}} = "i$(sizeof(T))"
item_text(::Type{T}) where {T <: Union{UInt8, UInt16, UInt32, UInt64}} = "u$(sizeof(T))"
item_text(::Type{T}) where {T <: Union{Float32, Float64}} = "f$(sizeof(T))"
item_text(::Type{NTuple{N, UInt8}}) where {N} = "S$N"
item_text(::Type{NTuple{N, T}}) where {N, T} = "$(item_text(T))[$N]"
item_text(T) = throw(DtypeError("$T has no dtype: take integers, floats, Bool, FixedString, DateTime64, or tuples of one of them"))

is_row(T) = isbitstype(T) && isstructtype(T) && !(T <: Union{Tuple, Number, AbstractChar, FixedString, DateTime64}) && fieldcount(T) > 0

"""
    Forebay.dtype(T)

The text of the dtype that has the fields of a type `T`, a struct or a NamedTuple of integers, floats, `Bool`,
[`Forebay.FixedString`](@ref), [`Forebay.DateTime64`](@ref), and tuples of these. `NTuple{N, UInt8}` is taken for a string of `N` bytes.

```julia
struct Site
    pos::Int32
    pct::Float32
end
Forebay.dtype(Site)   # "pos:i4,pct:f4"
```
"""
dtype(T::Type) = is_row(T) ? join(("$name:$(item_text(fieldtype(T, name)))" for name in fieldnames(T)), ",") : item_text(T)

make_dtype(own::Dtype) = own
make_dtype(text::AbstractString) = parse_dtype(text)
make_dtype(T::Type) = parse_dtype(dtype(T))
make_dtype(given::Union{NamedTuple, AbstractDict}) = make_dtype(collect(pairs(given)))
make_dtype(given) = parse_dtype(join(("$name:$(type isa Type ? item_text(type) : type)" for (name, type) in given), ","))

# The check of a struct's layout

same_item(T, field) = isempty(field.shape) ? T === field.type || (field.type <: FixedString && T === NTuple{field.item_bytes, UInt8}) :
                      T <: NTuple{count_of(field), field.type}

"What keeps rows with these fields from being seen as values of `T`; nothing if they are the same bytes."
function fault_of_layout(T::Type, fields::Vector{Field})
    is_row(T) || return length(fields) == 1 && same_item(T, fields[1]) && !fields[1].is_swapped ? nothing : "it is not the type of a row"
    fieldcount(T) == length(fields) || return "it has $(fieldcount(T)) fields, the rows have $(length(fields))"
    for (place, field) in enumerate(fields)
        name = fieldname(T, place)
        name == field.name || return "field $place is $name, in the rows it is $(field.name)"
        same_item(fieldtype(T, place), field) || return "$name is $(fieldtype(T, place)), in the rows it is $(shown(field))"
        field.is_swapped && return "$name has the other byte order in the rows"
        fieldoffset(T, place) == field.offset ||
            return "$name is at byte $(fieldoffset(T, place)), in the packed rows at byte $(field.offset)"
    end
    packed = last(fields).offset + bytes_of(last(fields))
    return sizeof(T) == packed ? nothing : "it has $(sizeof(T)) bytes, a packed row $packed"
end

shown(field::Field) = isempty(field.shape) ? string(field.type) : "$(join(field.shape, '×')) of $(field.type)"
