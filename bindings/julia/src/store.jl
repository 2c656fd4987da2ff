# Stores: tables of rows in one HDF5 file. Calls on all stores go one at a time, over all threads, as not every HDF5 library may be called by two at once.

const STORE_CALLS = ReentrantLock()
on_stores(f) = lock(f, STORE_CALLS)

const MODES = Dict("a" => FOREBAY_STORE_APPEND, "x" => FOREBAY_STORE_CREATE, "w" => FOREBAY_STORE_REPLACE, "r" => FOREBAY_STORE_READ)
const DURABILITIES = Dict(:full => 1, :ordered => 2, :none => 3)

"""
    Forebay.Store

One HDF5 file with tables, made by [`Forebay.open`](@ref). `store["data"]` is a table of it, `keys(store)` are their names.

Rows are durable, those of all tables or none, when [`Forebay.commit`](@ref) or `close` returns. A store that is forgotten without `close` is abandoned, with a
warning if rows were appended since the last commit: they are not in the file.

```julia
store = Forebay.open("meth.h5", "w")
append!(store, (pos = [1, 2],))
keys(store)   # ["data"]
close(store)
```
"""
mutable struct Store
    handle::Ptr{Cvoid}
    path::String
    is_dirty::Bool
end

"With the handle of a store, alone."
function with_handle(f, store::Store)
    return on_stores() do
        store.handle == C_NULL && throw(StateError("the store $(store.path) was closed"))
        GC.@preserve store f(store.handle)
    end
end

"The store's handle for the one who ends it."
taken!(store::Store) = ((handle, store.handle) = (store.handle, C_NULL); handle)

function forget!(store::Store)
    store.handle == C_NULL && return nothing
    # Why not wait: a finalizer runs inside whatever task allocates. The next collection tries again.
    trylock(STORE_CALLS) || return (finalizer(forget!, store); nothing)
    try
        forebay_store_abandon(taken!(store))
    finally
        unlock(STORE_CALLS)
    end
    # Why not @warn: a finalizer must not switch tasks.
    store.is_dirty && ccall(:jl_safe_printf, Cvoid, (Cstring, Cstring...),
                            "Warning: the store %s was not closed: rows since its last commit are lost\n", store.path)
    return nothing
end

"""
    Forebay.open(path, mode = "a"; options...)
    Forebay.open(f, path, mode = "a"; options...)

Opens a [`Forebay.Store`](@ref), a file with tables. With a function in front (a `do` block) calls it with the store, then commits and closes; if it throws, the store is
abandoned, and the rows since the last commit are not in the file.

```julia
Forebay.open("meth.h5", "w") do store
    table = Forebay.table(store, "data", "chr:S10,pos:i4")
    append!(table, (chr = ["chr1", "chr2"], pos = [10, 20]))
end
Forebay.open(store -> sum(store["data"][:pos]), "meth.h5", "r")   # 30
```

  - `mode`: "a" opens the file, or creates it where there is none; "x" creates it; "w" creates it in place of one that is there; "r" reads it. One whose writer died is
    recovered first.
  - `durability`: :full (a commit survives a power loss), :ordered (the end of the process) or :none (only a closed file is safe).
  - `commit_rows`, `commit_bytes`, `commit_seconds`: when [`Forebay.load!`](@ref) commits on its way. `names`: to keep room for in a group.
"""
function open(path, mode = "a"; durability = :full, names = 0, commit_rows = 0, commit_bytes = 0, commit_seconds = 0)
    haskey(MODES, mode) || throw(ArgumentError("mode is $(repr(mode)); it must be one of a, x, w, r"))
    haskey(DURABILITIES, Symbol(durability)) || throw(ArgumentError("durability is $(repr(durability)); it must be one of full, ordered, none"))
    options = blank(CStoreOptions)
    given = (mode = MODES[mode], durability = DURABILITIES[Symbol(durability)], names = names, commit_rows = commit_rows,
             commit_bytes = commit_bytes, commit_milliseconds = round(Int, 1000 * commit_seconds))
    foreach(pair -> put!(options, pair...), pairs(given))
    handle = on_stores(() -> made((arguments...) -> forebay_store_open(c_path(path), options, arguments...)))
    return finalizer(forget!, Store(handle, String(path), false))
end

function open(f::Function, path, mode = "a"; options...)
    store = open(path, mode; options...)
    result = try
        f(store)
    catch
        abandon(store)
        rethrow()
    end
    close(store)
    return result
end

"""
    close(store::Forebay.Store)

Commits and closes. May be called twice.
"""
function Base.close(store::Store)
    on_stores() do
        handle = taken!(store)
        handle == C_NULL || call(forebay_store_close, handle)
    end
    return nothing
end
Base.isopen(store::Store) = store.handle != C_NULL

"""
    Forebay.abandon(store)

Closes without a commit: the rows since the last one are not in the file. What was committed stays.

```julia
store = Forebay.open("some.h5", "w")
append!(store, (pos = [1, 2],))
Forebay.abandon(store)
```
"""
abandon(store::Store) = (on_stores(() -> forebay_store_abandon(taken!(store))); nothing)

"""
    Forebay.commit(store)

Makes everything appended so far durable, in all tables.

```julia
store = Forebay.open("some.h5", "w")
append!(store, (pos = [1, 2],))
Forebay.commit(store)   # on the disk when it returns
close(store)
```
"""
commit(store::Store) = (with_handle(handle -> call(forebay_store_commit, handle), store); store.is_dirty = false; nothing)

"""
    Forebay.commit_begin(store)

Begins a commit and does not wait for the disk: [`Forebay.commit_poll`](@ref) tells when it is durable. Rows appended from now on go into the next one. Returns
its number, from 1.

```julia
store = Forebay.open("some.h5", "w")
append!(store, (pos = [1, 2],))
Forebay.commit_begin(store)
Forebay.commit_poll(store; timeout = 60)   # true: it is on the disk
close(store)
```
"""
function commit_begin(store::Store)
    ticket = Ref(UInt64(0))
    with_handle(handle -> call(forebay_store_commit_begin, handle, ticket), store)
    store.is_dirty = false
    return Int(ticket[])
end

"""
    Forebay.commit_poll(store; timeout = 0)

Whether the commit that was begun is durable; true if none is under way. Its failure is thrown here. `timeout` are seconds to wait for it, `nothing` means as
long as it takes. See [`Forebay.commit_begin`](@ref).
"""
function commit_poll(store::Store; timeout = 0)
    wait_ms = timeout === nothing ? -1 : round(Int, 1000 * timeout)
    return with_handle(handle -> call(forebay_store_commit_poll, handle, wait_ms, C_NULL), store) != FOREBAY_AGAIN
end

"""
    Forebay.refresh(store)

For a store opened with mode "r" while another process writes it: shows the newest commit, in all tables at once. False: there is nothing new.

```julia
writer = Forebay.open("live.h5", "w")
append!(writer, (pos = [1, 2],))
Forebay.commit(writer)
reader = Forebay.open("live.h5", "r")
append!(writer, (pos = [3],))
Forebay.commit(writer)
Forebay.refresh(reader) && length(reader["data"]) == 3   # true
close(reader)
close(writer)
```
"""
refresh(store::Store) = with_handle(handle -> call(forebay_store_refresh, handle), store) != FOREBAY_NONE

"""
    Forebay.verify(store)

Reads every chunk of every table and returns the number of rows. [`Forebay.FormatError`](@ref) names what is damaged.

```julia
Forebay.open(store -> append!(store, (pos = [1, 2],)), "some.h5", "w")
Forebay.open(Forebay.verify, "some.h5", "r")   # 2
```
"""
function verify(store::Store)
    rows = Ref(UInt64(0))
    with_handle(handle -> call(forebay_store_verify, handle, rows), store)
    return Int(rows[])
end

function rejects(store::Store)
    struct_ = blank(CReject)
    take(handle, index) = call(forebay_store_reject_get, handle, index, struct_) == FOREBAY_OK ? reject_of(struct_) : nothing
    return with_handle(handle -> Reject[listed(index -> take(handle, index))...], store)
end

# Tables by name

names_of(handle) = String[unsafe_string(forebay_store_table_name(handle, index)) for index in 0:(Int(forebay_store_table_count(handle)) - 1)]
Base.keys(store::Store) = with_handle(names_of, store)
Base.length(store::Store) = length(keys(store))
Base.haskey(store::Store, name::AbstractString) = name in keys(store)
Base.getindex(store::Store, name::AbstractString) = haskey(store, name) ? table(store, name) : throw(KeyError(name))
Base.show(io::IO, store::Store) = print(io, "Forebay.Store(", repr(store.path), isopen(store) ? ")" : ", closed)")
