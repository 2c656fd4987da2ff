# Leases: counted rights to a block of shared memory. Each thing that shows memory to the program has one of its own, which its finalizer
# gives back, so that nothing can point to memory that is not there any more. Any thread: the release takes no lock and does not block.

"One lease, given back when nothing refers to it any more."
mutable struct Lease
    handle::Ptr{Cvoid}
    "Takes over a lease that the caller has."
    function Lease(handle::Ptr{Cvoid})
        return finalizer(release!, new(handle))
    end
end

function release!(lease::Lease)
    handle, lease.handle = lease.handle, C_NULL
    forebay_array_release(handle)
    return nothing
end

"A further lease on the same block."
again(lease::Lease) = Lease(GC.@preserve lease forebay_array_retain(lease.handle))

# Why on the memory: from Julia 1.11 on a reshaped array shares the Memory of a Vector, not the Vector itself.
@static if VERSION >= v"1.11-"
    owner(values::Array) = values.ref.mem
else
    owner(values::Array) = values
end

"Has an array that Julia made of shared memory hold a lease of its own."
function hold!(values::Array, lease::Lease)
    handle = GC.@preserve lease forebay_array_retain(lease.handle)
    finalizer(_ -> forebay_array_release(handle), owner(values))
    return values
end

"""
    Forebay.StridedColumn{T, N}

A column whose values do not lie one after the other, as in the rows layout, or that has the other byte order: an `AbstractArray` of
the shared memory. `collect(column)` makes an ordinary array of it.

```julia
write("two.txt", "chr1 7\\nchr2 8\\n")
rows = Forebay.read("two.txt", "chr:S5,pos:i4"; layout = :rows)
rows.pos isa Forebay.StridedColumn && sum(rows.pos) == 15   # true
```
"""
struct StridedColumn{T, N, Swap} <: AbstractArray{T, N}
    data::Ptr{T}
    stride::Int
    size::NTuple{N, Int}
    inner::Int # scalars in a row
    owner::Any # a Lease, or whatever else keeps the memory
end

Base.size(column::StridedColumn) = column.size
Base.IndexStyle(::Type{<:StridedColumn}) = IndexLinear()

@inline function place_of(column::StridedColumn{T}, index::Int) where {T}
    column.inner == 1 && return column.data + (index - 1) * column.stride
    row, item = divrem(index - 1, column.inner)
    return column.data + row * column.stride + item * sizeof(T)
end

swapped(value::Union{Integer, AbstractFloat}) = bswap(value)
swapped(value::DateTime64{U}) where {U} = DateTime64{U}(bswap(value.value))
swapped(value) = value

Base.@propagate_inbounds function Base.getindex(column::StridedColumn{T, N, Swap}, index::Int) where {T, N, Swap}
    @boundscheck checkbounds(column, index)
    GC.@preserve column begin
        value = unsafe_load(place_of(column, index)) # of any alignment
        return Swap ? swapped(value) : value
    end
end

Base.@propagate_inbounds function Base.setindex!(column::StridedColumn{T, N, Swap}, value, index::Int) where {T, N, Swap}
    @boundscheck checkbounds(column, index)
    given = convert(T, value)
    GC.@preserve column unsafe_store!(place_of(column, index), Swap ? swapped(given) : given)
    return column
end

function strided(field::Field, data::Ptr, stride::Integer, rows::Integer, owner)
    size = (dimensions(field)..., Int(rows))
    return StridedColumn{field.type, length(size), field.is_swapped}(Ptr{field.type}(data), Int(stride), size, count_of(field), owner)
end

"A field of rows in shared memory: a plain Array where it can be one."
function column_of(field::Field, data::Ptr, stride::Integer, rows::Integer, lease::Lease)
    T = field.type
    is_plain = stride == bytes_of(field) && !field.is_swapped && UInt(data) % Base.datatype_alignment(T) == 0
    is_plain || return strided(field, data, stride, rows, again(lease))
    size = (dimensions(field)..., Int(rows))
    rows == 0 && return Array{T}(undef, size)
    return hold!(unsafe_wrap(Array, Ptr{T}(data), size), lease)
end

"Rows of a dtype as an AbstractVector of `T`, a NamedTuple of its fields unless it is a struct: each is put together when it is asked for."
struct PackedRows{T, C <: Tuple} <: AbstractVector{T}
    columns::C
    count::Int
end
PackedRows{T}(columns::Tuple, count) where {T} = PackedRows{T, typeof(columns)}(columns, count)
Base.size(rows::PackedRows) = (rows.count,)
Base.IndexStyle(::Type{<:PackedRows}) = IndexLinear()

cell(column::AbstractVector, index) = @inbounds column[index]
cell(column::AbstractArray{T, N}, index) where {T, N} = view(column, ntuple(_ -> Colon(), N - 1)..., index)

Base.@propagate_inbounds function Base.getindex(rows::PackedRows{T}, index::Int) where {T}
    @boundscheck checkbounds(rows, index)
    return T(map(column -> cell(column, index), rows.columns))
end

"A column of sub-arrays as a vector with one for each row."
struct Slices{T, A <: AbstractArray} <: AbstractVector{T}
    values::A
end
Slices(values::AbstractArray) = Slices{Base.promote_op(cell, typeof(values), Int), typeof(values)}(values)
Base.size(slices::Slices) = (size(slices.values, ndims(slices.values)),)
Base.getindex(slices::Slices, index::Int) = cell(slices.values, index)
