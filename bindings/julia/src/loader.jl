# Loading: child processes parse files, batches come out.

"""
    Forebay.Loader

Reads files in child processes. Made by [`Forebay.load`](@ref); iterate over it for the batches, or take them one by one with [`Forebay.next!`](@ref).

Iterating throws the failure of a file once, in its place; iterating again goes on with the next file. `Forebay.paths(loader)` are the files.
While it waits, other tasks of Julia run, and Ctrl-C is seen.
"""
mutable struct Loader
    handle::Ptr{Cvoid}
    lock::ReentrantLock
    fields::Vector{Field}
    dtype::String
    layout::Symbol
    file_options::Dict{Symbol, Any}
end

function Loader(like; layout = :columns, loader = nothing, config = nothing, given...)
    own, file_options = split_options(canonical((; layout = layout, given...)))
    options = loader_options(own)
    loader === nothing || put_child!(options, loader, config)
    own_dtype = make_dtype(like)
    GC.@preserve own_dtype begin
        handle = made(forebay_loader_open, own_dtype.handle, options)
        made_loader = Loader(handle, ReentrantLock(), fields_of(own_dtype.handle), dtype_text(own_dtype.handle), Symbol(layout), file_options)
    end
    return finalizer(own -> forebay_loader_close(own.handle), made_loader)
end

"Calls on the loader, one at a time."
function with_handle(f, loader::Loader)
    return lock(loader.lock) do
        loader.handle == C_NULL && throw(StateError("the loader was closed"))
        GC.@preserve loader f(loader.handle)
    end
end

# Files

"""
    Forebay.add!(loader, path; options...)

Adds what a path stands for: a file, the files of a folder or of a pattern such as "chr*.txt", or those that a list names ("@files.lst"). Returns how many. A
file that is open, or a descriptor (`RawFD`), is added too; do not read from it meanwhile.

Options are those of a file, instead of those given to the loader: `max_rows`, `format`, `member` (of an .npz file), `header_bytes` (of raw rows).

```julia
write("two.txt", "7\\n8\\n")
loader = Forebay.load(String[], "pos:i4")
Forebay.add!(loader, "two.txt"; max_rows = 1)
sum(batch -> sum(batch.pos), loader)   # 7
```
"""
function add!(loader::Loader, path::AbstractString; given...)
    options, added = options_of_file(loader, given), Ref(UInt32(0))
    with_handle(handle -> call(forebay_loader_add_path, handle, c_path(path), options, added), loader)
    return Int(added[])
end

function add!(loader::Loader, descriptor::RawFD; name = "a descriptor", given...)
    options = options_of_file(loader, given)
    with_handle(loader) do handle
        call(forebay_loader_add_descriptor, handle, reinterpret(Int32, descriptor), c_text(string(name)), options)
    end
    return 1
end
add!(loader::Loader, file::IOStream; given...) = add!(loader, RawFD(fd(file)); name = file.name, given...)

options_of_file(loader, given) = file_options(merge(loader.file_options, canonical(given)))

"""
    Forebay.paths(loader)

Paths of the files, in order; the `source` of a batch or an error is an index into it.

```julia
Forebay.paths(Forebay.load(["a.txt", "b.txt"], "pos:i4"))   # ["a.txt", "b.txt"]
```
"""
function paths(loader::Loader)
    return with_handle(loader) do handle
        String[listed(index -> (path = forebay_loader_source_path(handle, index); path == C_NULL ? nothing : unsafe_string(path)))...]
    end
end

# Batches

function try_next(loader::Loader)
    out = Ref{Ptr{Cvoid}}(C_NULL)
    status = with_handle(handle -> with_collection(() -> call(forebay_loader_next, handle, 0, out)), loader)
    return status, status == FOREBAY_OK ? Batch(out[], loader.fields) : nothing
end

function descriptor_of(loader::Loader)
    out = Ref(Int32(-1))
    with_handle(handle -> call(forebay_loader_descriptor, handle, out), loader)
    return RawFD(out[])
end

"""
    Forebay.next!(loader; timeout = nothing)

The next batch; `nothing` at the end. With a `timeout` in seconds, [`Forebay.TimeoutError`](@ref) when they are over and nothing was ready; no rows are lost by it.

```julia
write("two.txt", "7\\n8\\n")
loader = Forebay.load("two.txt", "pos:i4")
Forebay.next!(loader).pos == [7, 8]   # true
Forebay.next!(loader) === nothing     # true
```
"""
function next!(loader::Loader; timeout = nothing)
    until = timeout === nothing ? Inf : time() + timeout
    while true
        status, batch = try_next(loader)
        status == FOREBAY_AGAIN || return batch
        left = until - time()
        left <= 0 && throw(TimeoutError("no batch was ready within $timeout seconds"))
        # Why poll_fd: it waits in Julia's own loop, so other tasks run, and it can be interrupted. Why not for ever: another task may take
        # the batch that this one waits for.
        FileWatching.poll_fd(descriptor_of(loader), min(left, 1.0); readable = true)
    end
end

function Base.iterate(loader::Loader, ::Nothing = nothing)
    batch = next!(loader)
    return batch === nothing ? nothing : (batch, nothing)
end
Base.IteratorSize(::Type{Loader}) = Base.SizeUnknown()
Base.eltype(::Type{Loader}) = Batch

# What is going on

"""
    Forebay.progress(loader)

A [`Forebay.Progress`](@ref): how far the load is.

```julia
Forebay.progress(Forebay.load(["a.txt", "b.txt"], "pos:i4")).sources_total   # 2
```
"""
function progress(loader::Loader)
    struct_ = blank(CLoaderProgress)
    with_handle(handle -> call(forebay_loader_progress_get, handle, struct_), loader)
    return progress_of(struct_)
end

"""
    Forebay.rejects(loader)
    Forebay.rejects(store)

The [`Forebay.Reject`](@ref)s: rows passed over and fields filled (`on_error = :skip` or `:null`) of the batches delivered so far, the first `keep_rejects` of
them; or those of all loads that a file remembers.

```julia
write("bad.txt", "chr1 1\\nchr1 x2\\n")
loader = Forebay.load("bad.txt", "chr:S4,pos:i4"; on_error = :skip)
foreach(identity, loader)
only(Forebay.rejects(loader)).line   # 2
```
"""
function rejects(loader::Loader)
    struct_ = blank(CReject)
    take(handle, index) = call(forebay_loader_reject_get, handle, index, struct_) == FOREBAY_OK ? reject_of(struct_) : nothing
    return with_handle(handle -> Reject[listed(index -> take(handle, index))...], loader)
end

"""
    Forebay.reject_count(loader)

Number of rejects, those that were not kept too.

```julia
write("bad.txt", "1\\nx\\ny\\n")
loader = Forebay.load("bad.txt", "pos:i4"; on_error = :skip, keep_rejects = 1)
foreach(identity, loader)
(Forebay.reject_count(loader), length(Forebay.rejects(loader)))   # (2, 1)
```
"""
function reject_count(loader::Loader)
    count = Ref(UInt64(0))
    with_handle(handle -> call(forebay_loader_reject_count, handle, C_NULL, count), loader)
    return Int(count[])
end

"""
    Forebay.source_facts(loader, number)

What came of a file (from 1): `rows` delivered so far, `rejects`, of these rows `skipped`, strings `truncated`, and `failure`, its
[`Forebay.Error`](@ref) or `nothing`.

```julia
write("bad.txt", "chr1 1\\nchr1 x2\\n")
loader = Forebay.load("bad.txt", "chr:S4,pos:i4"; on_error = :skip)
foreach(identity, loader)
Forebay.source_facts(loader, 1).skipped   # 1
```
"""
function source_facts(loader::Loader, number::Integer)
    rows, rejected, skipped, truncated = Ref(UInt64(0)), Ref(UInt64(0)), Ref(UInt64(0)), Ref(UInt64(0))
    index = number - 1
    return with_handle(loader) do handle
        1 <= number <= typemax(UInt32) && call(forebay_loader_source_rejects, handle, index, rejected, skipped) == FOREBAY_OK ||
            throw(ArgumentError("there is no file $number"))
        call(forebay_loader_source_truncated, handle, index, truncated)
        record = blank(CError)
        status = forebay_loader_source_status(handle, index, rows, record)
        (rows = Int(rows[]), rejects = Int(rejected[]), skipped = Int(skipped[]), truncated = Int(truncated[]),
         failure = status < 0 ? error_of(status, record) : nothing)
    end
end

"""
    Forebay.notes(loader)

The [`Forebay.Note`](@ref)s that functions in child processes have sent with [`Forebay.log`](@ref), and that were not taken yet.

```julia
write("two.txt", "7 8")
numbers = (source, emit) -> (Forebay.log(source, "two of them"); emit((pos = parse.(Int, split(read(source.io, String))),)))
loader = Forebay.load("two.txt", "pos:i4"; loader = numbers, children = 1)
sum(batch -> sum(batch.pos), loader)   # 15
only(Forebay.notes(loader)).text       # "two of them"
```
"""
function notes(loader::Loader)
    struct_ = blank(CLoaderLog)
    take(handle) = call(forebay_loader_log_next, handle, struct_) == FOREBAY_OK ? note_of(struct_) : nothing
    return with_handle(handle -> Note[listed(_ -> take(handle))...], loader)
end

"""
    Forebay.child_pids(loader)

Process ids of the children that run now.

```julia
isempty(Forebay.child_pids(Forebay.load("a.txt", "pos:i4")))   # true: none is started before the first batch is taken
```
"""
function child_pids(loader::Loader)
    struct_ = blank(CLoaderChild)
    take(handle, index) = call(forebay_loader_child_get, handle, index, struct_) == FOREBAY_OK ? Int(struct_[].pid) : nothing
    return with_handle(handle -> filter(>(0), Int[listed(index -> take(handle, index))...]), loader)
end

"""
    Forebay.memory(loader)

Counters of the shared memory as a NamedTuple, in bytes unless said otherwise: `quota`, `reserved`, `lent`, `high_water`, `blocks_lent` (a number), and so on.

```julia
Forebay.memory(Forebay.load("a.txt", "pos:i4"; memory_bytes = 1 << 26)).quota   # 67108864
```
"""
function memory(loader::Loader)
    struct_ = blank(CArenaStats)
    with_handle(handle -> call(forebay_loader_arena_stats, handle, struct_), loader)
    names = filter(!=(:struct_size), fieldnames(CArenaStats))
    return NamedTuple{names}(map(name -> Int(getfield(struct_[], name)), names))
end

# The end

"""
    Forebay.cancel(loader)

Ends all work; taking the next batch is then [`Forebay.CancelledError`](@ref). Batches taken stay valid.

```julia
loader = Forebay.load("a.txt", "pos:i4")
Forebay.cancel(loader)
close(loader)
```
"""
cancel(loader::Loader) = (with_handle(handle -> call(forebay_loader_cancel, handle), loader); nothing)

"""
    close(loader::Forebay.Loader)

Ends the children. Batches taken stay valid. May be called twice; a loader that is forgotten is closed by the garbage collector.
"""
function Base.close(loader::Loader)
    lock(loader.lock) do
        handle, loader.handle = loader.handle, C_NULL
        forebay_loader_close(handle)
    end
    return nothing
end
Base.isopen(loader::Loader) = loader.handle != C_NULL

Base.show(io::IO, loader::Loader) = print(io, "Forebay.Loader", isopen(loader) ? " of $(length(paths(loader))) files" : " (closed)")

"""
    Forebay.load(paths, dtype = nothing; options...)
    Forebay.load(f, paths, dtype = nothing; options...)

Loads files in parallel child processes. Returns a [`Forebay.Loader`](@ref) to iterate over for the [`Forebay.Batch`](@ref)es; with a function in
front (a `do` block) calls it with the loader and closes that.

```julia
write("two.txt", "chr1 7\\nchr2 8\\n")
for batch in Forebay.load(["two.txt", "two.txt"], "chr:S10,pos:i4")
    println(sum(batch.pos))   # 15, for each file
end
```

  - `paths`: a path or several: text (plain, or compressed by gzip, bgzf, zstd, bzip2, xz), .npy and .npz files, folders, patterns ("chr*.txt"), lists
    ("@files.lst").
  - `dtype`: "chr:S10,pos:i4", names and types such as `(chr = "S10", pos = Int32)`, or a struct ([`Forebay.dtype`](@ref)). `nothing`: guessed from the first
    file ([`Forebay.sniff`](@ref)), together with the options that are not given.

Options go by the names of numpy.loadtxt and pandas.read_csv, or CSV.jl, where they have one; choices are Symbols or Strings:

  - Text: `delimiter` (`sep`, `delim`; default: runs of blanks), `quotechar`, `header` (true: the first row names the columns), `skiprows`, `comments` (`comment`), `usecols`
    (`select`; numbers from 1, or names), `max_rows` (`limit`; of each file), `na_values` (`missingstring`), `filling_values` (`(pos = -1,)`), `true_values`,
    `false_values`, `decimal`, `thousands`, `encoding` (:bytes, "utf-8", "latin-1"), `percent`, `hex`, `overlong`.
  - Bad rows: `on_error` :fail (default), :skip or :null; `max_errors`, `keep_rejects`.
  - Batches: `layout` :columns (default here) or :rows; `batch_rows` (`chunksize`), or `batch = :source` for one per file; `order` :source or :any; `memory_bytes`, the quota of shared
    memory (default 256 MiB).
  - Children: `children` (default: one per processor), `loader` and `config` (a function of yours that reads the files, see the guide), `retries`, `progress_timeout`,
    `start_timeout`, `total_timeout` (seconds), `child_output = :inherit`.
"""
function load(given, like = nothing; options...)
    files = paths_of(given)
    like, completed = like === nothing ? complete(first_of(files), options) : (like, options)
    loader = Loader(like; completed...)
    try
        foreach(path -> add!(loader, path), files)
    catch
        close(loader)
        rethrow()
    end
    return loader
end

function load(f::Function, given, like = nothing; options...)
    loader = load(given, like; options...)
    try
        return f(loader)
    finally
        close(loader)
    end
end

paths_of(given::AbstractString) = [given]
paths_of(given) = collect(given)

"The first file that paths, which may be patterns and lists, stand for. No child is started for it."
function first_of(files)
    isempty(files) && throw(ArgumentError("no files are given, so that no dtype can be guessed"))
    loader = Loader("u1")
    try
        add!(loader, first(files))
        return first(paths(loader))
    finally
        close(loader)
    end
end

"""
    Forebay.read(paths, dtype = nothing; options...)

Loads whole files: a [`Forebay.Batch`](@ref) for a path, a vector with one per file for several. Dtype and options as in [`Forebay.load`](@ref). The batches are
shared memory, which the quota `memory_bytes` must have room for; the error otherwise says how much it takes.

```julia
write("two.txt", "chr1 7\\nchr2 8\\n")
Forebay.read("two.txt", "chr:S5,pos:i4").pos == [7, 8]   # true
```
"""
function read(given, like = nothing; options...)
    load(given, like; batch = :source, options...) do loader
        count = length(paths(loader))
        found = Dict(facts(batch).source => batch for batch in loader)
        batches = Batch[haskey(found, number) ? found[number] : empty_batch(loader) for number in 1:count]
        given isa AbstractString && count == 1 ? batches[1] : batches
    end
end

"For a file without rows."
function empty_batch(loader::Loader)
    quota = (1 << 20) + sum(field -> 8 * (4096 + bytes_of(field)), loader.fields)
    return set_rows!(lease(Arena(quota), loader.dtype, 1; layout = loader.layout), 0)
end
