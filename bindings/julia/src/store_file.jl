# Files as a whole, also those that cannot be opened.

const JOURNALS = (:none, :left, :waiting, :live, :missing, :damaged, :conflict)
const ACTIONS = (:nothing, :replayed, :accepted)

"""
    Forebay.info(path)

Looks at a file and its journal, also at one that cannot be opened; changes nothing and keeps no writer waiting. A NamedTuple: `journal` (:none, :left,
:waiting, :live, :missing, :damaged or :conflict), `writer` (the process that has it open, or `nothing`), `file_bytes`, `journal_bytes`, `commit`,
`waiting_commits`, and where the file can be read `used_bytes` and `left_bytes` (what [`Forebay.repack`](@ref) mostly takes away).

```julia
Forebay.open(store -> append!(store, (pos = [1, 2],)), "some.h5", "w")
Forebay.info("some.h5").journal   # :none
```
"""
function info(path)
    struct_ = blank(CStoreInfo)
    on_stores(() -> call(forebay_store_info_get, c_path(path), struct_))
    said = struct_[]
    has_space = said.has_space == 1
    return (journal = JOURNALS[said.journal], writer = known(said.writer, 0), file_bytes = Int(said.file_bytes),
            journal_bytes = Int(said.journal_bytes), commit = Int(said.commit), waiting_commits = Int(said.waiting_commits),
            used_bytes = has_space ? Int(said.used_bytes) : nothing, left_bytes = has_space ? Int(said.left_bytes) : nothing)
end

"""
    Forebay.recover(path; accept_without_journal = false)

Makes a plain, closed HDF5 file of one whose writer died, with the rows of its last commit; opening it for writing does the same. Returns `action` (:nothing, :replayed
or :accepted), `commits` taken from the journal, and `rows` read to accept the file. With `accept_without_journal` a file whose journal is lost is taken
as it is, if all of it can be read.

```julia
Forebay.open(store -> append!(store, (pos = [1, 2],)), "some.h5", "w")
Forebay.recover("some.h5").action   # :nothing
```
"""
function recover(path; accept_without_journal = false)
    options, result = blank(CRecoverOptions), blank(CRecoverResult)
    put!(options, :accept_without_journal, Int(accept_without_journal))
    on_stores(() -> call(forebay_store_recover, c_path(path), options, result))
    return (action = ACTIONS[result[].action], commits = Int(result[].commits), rows = Int(result[].rows))
end

"""
    Forebay.repack(path, output = nothing; replace = false)

Writes a closed file anew without the space that was left behind in it: in its place, or to `output`. The old one stays until the new one is complete and
on the disk. Returns `tables`, `rows`, `bytes_before` and `bytes_after`.

```julia
Forebay.open(store -> append!(store, (pos = [1, 2],)), "some.h5", "w")
Forebay.repack("some.h5").rows   # 2
```
"""
function repack(path, output = nothing; replace = false)
    options, result = Options{CRepackOptions}(), blank(CRepackResult)
    put!(options.struct_, :replace, Int(replace))
    output === nothing || put_text!(options, :output, output)
    on_stores(() -> call(forebay_store_repack, c_path(path), options, result))
    said = result[]
    return (tables = Int(said.tables), rows = Int(said.rows), bytes_before = Int(said.bytes_before), bytes_after = Int(said.bytes_after))
end
