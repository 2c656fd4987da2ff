# Batches: rows in shared memory, as a loader gives them.

const LAYOUTS = Dict(:rows => FOREBAY_ARRAY_ROWS, :columns => FOREBAY_ARRAY_COLUMNS)

"""
    Forebay.Batch

Rows in shared memory, what a loader gives. `batch.pos` or `batch["pos"]` is a column: with the columns layout, which is the default, an ordinary
`Vector` that *is* the shared memory; sub-arrays are arrays whose last dimension is the row. `length(batch)` is the number of rows,
[`Forebay.columns`](@ref) and [`Forebay.rows`](@ref) give all.

The memory is given back when Julia has collected the batch and all columns taken of it; there is no way to end it earlier, so none can
point to nothing. Columns stay valid after the loader was closed. They can be written to.

```julia
write("two.txt", "chr1 7\\nchr2 8\\n")
batch = Forebay.read("two.txt", "chr:S5,pos:i4")
batch.pos                       # 2-element Vector{Int32}: 7, 8
batch["chr"][1] == "chr1"       # true
Forebay.rows(batch)[2].pos      # 8
```
"""
struct Batch
    lease::Lease
    fields::Vector{Field}
end

Batch(handle::Ptr{Cvoid}, fields = fields_of(forebay_array_dtype(handle))) = Batch(Lease(handle), fields)

lease_of(batch::Batch) = getfield(batch, :lease)
fields_of(batch::Batch) = getfield(batch, :fields)

"With the handle of a batch, which is kept meanwhile."
function with_handle(f, batch::Batch)
    lease = lease_of(batch)
    return GC.@preserve lease f(lease.handle)
end

function view_of(batch::Batch)
    view = blank(CArrayView)
    with_handle(handle -> call(forebay_array_view_get, handle, view), batch)
    return view[]
end

dtype_text(handle::Ptr{Cvoid}) = text_of(forebay_dtype_text(handle))

"""
    Forebay.facts(batch)

What is known of a batch: `layout`, `rows`, `capacity` (rows that its block has room for), `source` (number of the file it came from, from 1,
or `nothing`), `first_row` (number of its first row in that file, from 1), `is_read_only` and `dtype`.

```julia
write("two.txt", "chr1 7\\nchr2 8\\n")
Forebay.facts(Forebay.read("two.txt", "chr:S5,pos:i4")).dtype   # "chr:S5,pos:i4"
```
"""
function facts(batch::Batch)
    view = view_of(batch)
    source = view.source == FOREBAY_NO_SOURCE ? nothing : Int(view.source) + 1
    text = with_handle(handle -> dtype_text(forebay_array_dtype(handle)), batch)
    return (layout = view.layout == FOREBAY_ARRAY_ROWS ? :rows : :columns, rows = Int(view.rows), capacity = Int(view.capacity),
            source = source, first_row = Int(view.first_row) + 1, is_read_only = view.read_only == 1, dtype = text)
end

Base.length(batch::Batch) = Int(view_of(batch).rows)
Base.isempty(batch::Batch) = length(batch) == 0
Base.keys(batch::Batch) = Tuple(field.name for field in fields_of(batch))
Base.propertynames(batch::Batch) = keys(batch)
Base.getproperty(batch::Batch, name::Symbol) = column(batch, name)
Base.getindex(batch::Batch, name::Union{Symbol, AbstractString}) = column(batch, Symbol(name))
Base.haskey(batch::Batch, name) = Symbol(name) in keys(batch)

function index_of(fields::Vector{Field}, name::Symbol)
    found = findfirst(field -> field.name === name, fields)
    found === nothing && throw(ArgumentError("there is no field $name; there are $(join((field.name for field in fields), ", "))"))
    return found
end

function column(batch::Batch, name::Symbol, count = length(batch))
    index = index_of(fields_of(batch), name)
    place = blank(CArrayColumn)
    with_handle(handle -> call(forebay_array_column_get, handle, index - 1, place), batch)
    return column_of(fields_of(batch)[index], place[].data, place[].stride, count, lease_of(batch))
end

tabular(column::AbstractVector) = column
tabular(column::AbstractArray) = Slices(column)

"""
    Forebay.columns(batch)

All columns as a NamedTuple of vectors of one length, which Tables.jl and all packages over it take as a table: `DataFrame(Forebay.columns(batch);
copycols = false)`. A field of sub-arrays is a vector of views here.

```julia
write("two.txt", "1 7 8\\n2 9 10\\n")
table = Forebay.columns(Forebay.read("two.txt", "id:i4,t:f8[2]"))
table.t[2] == [9.0, 10.0]   # true
```
"""
columns(batch::Batch) = NamedTuple{keys(batch)}(Tuple(tabular(column(batch, name)) for name in keys(batch)))

"""
    Forebay.rows(batch)
    Forebay.rows(batch, T)

The rows as a vector. Without a type each is a NamedTuple, put together when it is asked for; this works in both layouts. With an isbits struct (or NamedTuple) `T`
it is a `Vector{T}` that is the shared memory: only in the rows layout, and only where `T` has the fields of the rows at the same bytes, which is
compared first. Rows are packed, structs of Julia are not: an odd `S10` in front of an `i4` makes them differ.

```julia
struct Site
    pos::Int32
    pct::Float32
end
write("two.txt", "7 0.5\\n8 1.5\\n")
sites = Forebay.rows(Forebay.read("two.txt", Site; layout = :rows), Site)
sites isa Vector{Site} && sites[2].pct == 1.5f0   # true
```
"""
function rows(batch::Batch)
    values = Tuple(column(batch, name) for name in keys(batch))
    kinds = Tuple{(Base.promote_op(cell, typeof(value), Int) for value in values)...}
    return PackedRows{NamedTuple{keys(batch), kinds}}(values, length(batch))
end

function rows(batch::Batch, ::Type{T}) where {T}
    view = view_of(batch)
    if view.layout != FOREBAY_ARRAY_ROWS && is_row(T)
        throw(MismatchError("the batch has the columns layout: load with layout = :rows, or take its columns"))
    end
    fault = fault_of_layout(T, fields_of(batch))
    fault === nothing || throw(MismatchError("the rows are no $T: $fault. Forebay.rows(batch) gives them as NamedTuples"))
    view.rows == 0 && return T[]
    return hold!(unsafe_wrap(Array, Ptr{T}(view.data), Int(view.rows)), lease_of(batch))
end

"""
    Forebay.set_rows!(batch, n)

Sets the number of rows, after filtering in place or filling a leased batch. Columns taken before keep their length.

```julia
write("two.txt", "7\\n8\\n9\\n")
batch = Forebay.read("two.txt", "pos:i4")
kept = filter(isodd, batch.pos)
copyto!(batch.pos, kept)
length(Forebay.set_rows!(batch, length(kept)))   # 2
```
"""
function set_rows!(batch::Batch, count::Integer)
    with_handle(handle -> call(forebay_array_set_rows, handle, count), batch)
    return batch
end

"""
    Forebay.share(batch)

Copies the rows, once, into sealed memory of their own and returns a descriptor (`RawFD`) of it for another process, to send over a socket or
let a child inherit. The caller closes it. [`Forebay.attach`](@ref) is the other side.

```julia
write("two.txt", "7\\n8\\n")
descriptor = Forebay.share(Forebay.read("two.txt", "pos:i4"))
descriptor isa RawFD   # true
ccall(:close, Cint, (Cint,), descriptor)
```
"""
function share(batch::Batch)
    out = Ref(Int32(-1))
    with_handle(handle -> call(forebay_array_share, handle, out), batch)
    return RawFD(out[])
end

"""
    Forebay.attach(descriptor, dtype = nothing)

The rows behind a descriptor that a process made with [`Forebay.share`](@ref), read only and without a copy. What is not a whole, sealed array of that
dtype is refused. The descriptor stays the caller's.

```julia
write("two.txt", "7\\n8\\n")
descriptor = Forebay.share(Forebay.read("two.txt", "pos:i4"))
sum(Forebay.attach(descriptor, "pos:i4").pos)   # 15
ccall(:close, Cint, (Cint,), descriptor)
```
"""
function attach(descriptor::RawFD, like = nothing)
    own = like === nothing ? nothing : make_dtype(like)
    GC.@preserve own begin
        expected = own === nothing ? C_NULL : own.handle
        return Batch(made(forebay_array_attach, reinterpret(Int32, descriptor), expected))
    end
end

function Base.show(io::IO, batch::Batch)
    known = facts(batch)
    return print(io, "Forebay.Batch of ", known.rows, " rows, ", known.layout, ", \"", known.dtype, "\"")
end

"""
    Forebay.Arena(quota_bytes)

Shared memory with a quota, for batches that the program fills itself: [`Forebay.lease`](@ref).

```julia
arena = Forebay.Arena(64 << 20)
length(Forebay.lease(arena, "pos:i4", 1000))   # 1000
```
"""
mutable struct Arena
    handle::Ptr{Cvoid}
    lock::ReentrantLock
    Arena(quota_bytes::Integer) = finalizer(own -> forebay_arena_close(own.handle), new(made(forebay_arena_open, quota_bytes), ReentrantLock()))
end

"""
    Forebay.lease(arena, dtype, capacity; layout = :columns)

An empty batch with room for `capacity` rows, which then has that many, of whatever stood in the memory: fill its columns, and set the
number of rows with [`Forebay.set_rows!`](@ref) if there are fewer.

```julia
arena = Forebay.Arena(1 << 20)
batch = Forebay.lease(arena, "pos:i4,pct:f4", 3)
batch.pos .= 1:3
batch.pct .= 0.5
sum(batch.pos)   # 6
```
"""
function lease(arena::Arena, like, capacity::Integer; layout = :columns)
    f = choice(:layout, layout) == FOREBAY_ARRAY_ROWS ? forebay_array_lease : forebay_array_lease_columns
    own = make_dtype(like)
    handle = GC.@preserve own arena lock(arena.lock) do
        with_collection(() -> made(f, arena.handle, own.handle, capacity))
    end
    return set_rows!(Batch(handle), capacity)
end
