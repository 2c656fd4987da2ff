# A loader into a table: the bulk path, and what a table remembers of files.

const STATES = (:partial, :complete, :failed, :limited)
const STEP_MS = 20

"""
    Forebay.append_loader!(table, loader; progress = nothing)

Appends all that a loader has, the fast way: children write whole chunks of the table. No batch may have been taken from it. A file that fails keeps its rows before the
fault; the others are loaded, then the failure is thrown. Returns `rows` appended, `sources_failed` and `rejects`. A function `progress` is called with a
[`Forebay.Progress`](@ref) now and then.

```julia
write("two.txt", "chr1 7\\nchr2 8\\n")
Forebay.open("meth.h5", "w") do store
    loader = Forebay.load("two.txt", "chr:S5,pos:i4")
    Forebay.append_loader!(Forebay.table(store, "data", "chr:S5,pos:i4"), loader).rows   # 2
end
```
"""
function append_loader!(table::Table, loader::Loader; progress = nothing)
    total, failed = 0, 0
    result = blank(CTableAppendResult)
    step(handle) = with_handle(own -> call(forebay_table_append_loader_step, handle, own, STEP_MS, result), loader)
    while true
        put!(result, :rows, 0)
        put!(result, :sources_failed, 0)
        status = with_collection(() -> change(step, table))
        total, failed = total + Int(result[].rows), failed + Int(result[].sources_failed)
        progress === nothing || progress(Forebay.progress(loader))
        status == FOREBAY_AGAIN || return (rows = total, sources_failed = failed, rejects = reject_count(loader))
        yield() # other tasks run, and Ctrl-C is seen
    end
end

"""
    Forebay.load!(store, paths, dtype = nothing; table = "data", resume = false, progress = nothing, table_options = (;), options...)

Loads files straight into a table, which is the fastest way. Nothing is committed unless the store's options say so: call [`Forebay.commit`](@ref) or `close`. Paths, dtype and options are
as in [`Forebay.load`](@ref); the dtype may be left out if the table is there. Returns what [`Forebay.append_loader!`](@ref) does.

`resume` goes on behind what the table holds of these files: so a load that was interrupted is finished by doing it again, and one of the same files with new ones behind
them loads the new ones. `table_options` are those of [`Forebay.table`](@ref).

```julia
write("two.txt", "chr1 7\\nchr2 8\\n")
Forebay.open("meth.h5", "w") do store
    Forebay.load!(store, ["two.txt"], "chr:S5,pos:i4").rows                # 2
    Forebay.load!(store, ["two.txt"], resume = true).rows                  # 0
end
```
"""
function load!(store::Store, given, like = nothing; table = "data", resume = false, progress = nothing, table_options = NamedTuple(), options...)
    files = paths_of(given)
    like = like === nothing && haskey(store, table) ? store[table].dtype : like
    like, completed = like === nothing ? complete(first_of(files), options) : (like, options)
    into = Forebay.table(store, table, like; table_options...)
    return load(files, into.dtype; completed...) do loader
        resume && resume!(into, loader)
        append_loader!(into, loader; progress = progress)
    end
end

"""
    Forebay.resume!(table, loader; source = nothing)

Has a loader go on behind what the table holds of its files (of file number `source` only). Call it after the files were added, before any batch is taken.

```julia
write("two.txt", "7\\n8\\n")
Forebay.open("meth.h5", "w") do store
    Forebay.load!(store, "two.txt", "pos:i4")
    loader = Forebay.load(["two.txt", "two.txt"], "pos:i4")
    Forebay.resume!(store["data"], loader)
    sum(length, loader)
end   # 2: the second time
```
"""
function resume!(table::Table, loader::Loader; source = nothing)
    index = source === nothing ? FOREBAY_NO_SOURCE : UInt32(source - 1)
    with_handle(handle -> with_handle(own -> call(forebay_loader_resume, own, handle, index), loader), table)
    return loader
end

"""
    Forebay.consume!(table, loader, batch = nothing)

Records, for [`Forebay.resume!`](@ref), that the rows of a batch of `loader` (and all before it of its file) are stored, as they are or filtered. `nothing`: only which
files have ended, after the last batch.

```julia
write("two.txt", "chr1 7\\nchr2 8\\n")
Forebay.open("meth.h5", "w") do store
    table = Forebay.table(store, "data", "chr:S5,pos:i4")
    loader = Forebay.load("two.txt", "chr:S5,pos:i4")
    for batch in loader
        append!(table, batch)
        Forebay.consume!(table, loader, batch)
    end
    Forebay.consume!(table, loader)
    only(Forebay.sources(table)).state   # :complete
end
```
"""
function consume!(table::Table, loader::Loader, batch::Union{Batch, Nothing} = nothing)
    record(array) = change(handle -> with_handle(own -> call(forebay_table_consume, handle, own, array), loader), table)
    batch === nothing ? record(C_NULL) : with_handle(record, batch)
    return table
end

function source_of_table(struct_)
    said = struct_[]
    return (path = text_of(said.path), resolved = text_of(said.resolved), state = STATES[said.state], rows = Int(said.rows),
            rejects = Int(said.rejects), skipped = Int(said.skipped), size = Int(said.size), offset = Int(said.offset), line = Int(said.line))
end

"""
    Forebay.sources(table)

What a table holds of which files: NamedTuples with `path`, `resolved` (absolute), `state` (:partial, :complete, :failed or :limited), `rows`, `rejects`, `skipped`, `size`,
`offset` (bytes of the decompressed file that were read) and `line`.

```julia
write("two.txt", "7\\n8\\n")
Forebay.open("meth.h5", "w") do store
    Forebay.load!(store, "two.txt", "pos:i4")
    only(Forebay.sources(store["data"])).rows   # 2
end
```
"""
function sources(table::Table)
    struct_ = blank(CTableSource)
    take(handle, index) = call(forebay_table_source_get, handle, index, struct_) == FOREBAY_OK ? source_of_table(struct_) : nothing
    return with_handle(handle -> listed(index -> take(handle, index)), table)
end

"""
    Forebay.attributes(table)

Attributes of a table as a dictionary of names to texts and numbers, written with the next commit.

```julia
Forebay.open("meth.h5", "w") do store
    table = Forebay.table(store, "data", "pos:i4")
    Forebay.attributes(table)["cells"] = "IMR90"
    Forebay.attributes(table)["cells"]   # "IMR90"
end
```
"""
attributes(table::Table) = Attributes(table)

struct Attributes <: AbstractDict{String, Union{String, Float64}}
    table::Table
end

function attribute_names(handle)
    count = Int(forebay_table_attribute_count(handle))
    return String[unsafe_string(forebay_table_attribute_name(handle, index)) for index in 0:(count - 1)]
end

Base.length(attributes::Attributes) = length(with_handle(attribute_names, attributes.table))
Base.keys(attributes::Attributes) = with_handle(attribute_names, attributes.table)
Base.haskey(attributes::Attributes, name) = name in keys(attributes)
Base.iterate(attributes::Attributes, place = 1) =
    (names = keys(attributes); place > length(names) ? nothing : (names[place] => attributes[names[place]], place + 1))

function text_attribute(handle, name)
    needed = Ref(UInt64(0))
    status = forebay_table_get_text(handle, name, C_NULL, 0, needed, C_NULL)
    status == FOREBAY_NONE && throw(KeyError(name))
    status == FOREBAY_E_MISMATCH && return nothing
    buffer = zeros(UInt8, max(1, needed[]))
    call(forebay_table_get_text, handle, name, buffer, length(buffer), needed)
    return GC.@preserve buffer unsafe_string(pointer(buffer))
end

function Base.getindex(attributes::Attributes, name::AbstractString)
    return with_handle(attributes.table) do handle
        text = text_attribute(handle, c_text(name))
        text === nothing || return text
        value = Ref(0.0)
        call(forebay_table_get_number, handle, c_text(name), value)
        value[]
    end
end

Base.setindex!(attributes::Attributes, value::AbstractString, name::AbstractString) =
    (change(handle -> call(forebay_table_set_text, handle, c_text(name), c_text(value)), attributes.table); attributes)
Base.setindex!(attributes::Attributes, value::Real, name::AbstractString) =
    (change(handle -> call(forebay_table_set_number, handle, c_text(name), Float64(value)), attributes.table); attributes)
