"""
Big text files through parallel child processes and shared memory, into columns and one HDF5 file.

```julia
import Forebay

write("rep1.txt", "chr1 7\\nchr2 8\\n")
for batch in Forebay.load(["rep1.txt"], "chr:S10,pos:i4")
    println(sum(batch.pos))     # batch.pos is a Vector that is the shared memory
end
Forebay.open("meth.h5", "w") do store
    Forebay.load!(store, ["rep1.txt"], "chr:S10,pos:i4")
end
```

Nothing is exported: names such as `load`, `open` and `read` are reached as `Forebay.load`. `Forebay.PUBLIC` lists them; each has a docstring.
"""
module Forebay

import Dates
import FileWatching
import Libdl
import Serialization

include("declarations.jl")
include("library.jl")
include("errors.jl")
include("call.jl")
include("fixed_string.jl")
include("datetime64.jl")
include("dtype.jl")
include("options.jl")
include("lease.jl")
include("batch.jl")
include("report.jl")
include("pack.jl")
include("custom.jl")
include("loader.jl")
include("sniff.jl")
include("store.jl")
include("table.jl")
include("bulk.jl")
include("store_file.jl")

"The public names: functions, types, and the errors below `Forebay.Error`."
const PUBLIC = (
    :load, :read, :add!, :paths, :next!, :progress, :rejects, :reject_count, :source_facts, :notes, :child_pids, :memory, :cancel,
    :columns, :rows, :facts, :set_rows!, :share, :attach, :lease, :sniff, :open, :table, :load!, :append_loader!, :resume!,
    :consume!, :sources, :attributes, :commit, :commit_begin, :commit_poll, :refresh, :verify, :abandon, :info, :recover, :repack, :log, :blocks,
    :dtype, :isnat, :library,
    :Arena, :Batch, :DateTime64, :Error, :FixedString, :Loader, :Note, :Progress, :Reject, :Sniffed, :Source, :Store, :StridedColumn, :Table,
    (name for (_, name, _) in ERROR_LIST)...,
)

__init__() = load_library()

end
