# What a load tells of itself: progress, rejects, notes of child processes.

"""
    Forebay.Progress

How far a load is, from [`Forebay.progress`](@ref).
"""
struct Progress
    "child processes alive"
    children::Int
    "bytes of the input files parsed"
    bytes_done::Int
    "size of all files that could be looked at"
    bytes_total::Int
    "rows parsed"
    rows_done::Int
    "files finished, the failed ones too"
    sources_done::Int
    "of these, failed"
    sources_failed::Int
    "files added"
    sources_total::Int
    "children started in place of one that died"
    child_restarts::Int
    "since the first work"
    elapsed_seconds::Float64
    "mean rate"
    bytes_per_second::Float64
    "estimated; negative: not known yet"
    seconds_left::Float64
    "strings cut to fit their fields"
    fields_truncated::Int
end

"""
    Forebay.Reject

A row that was passed over, or a field that was filled, because it could not be read: `path`, `line`, `column`, `byte`, `reason`, `text` (the
row as it stands in the file, cut), `code` (such as -42), `count` (in a store also more: how many of the file were only counted) and `source`
(number of the file in the loader, from 1).
"""
struct Reject
    path::String
    line::Int
    column::Int
    byte::Int
    reason::String
    text::String
    code::Int
    count::Int
    source::Union{Nothing, Int}
end

"""
    Forebay.Note

A note of a function in a child process: `level` (`:debug`, `:info`, `:warning` or `:error`), `text`, `source` (number of the file it was at, or
`nothing`), `pid` of the child, and `lost`: notes before it that were dropped because nobody took them.
"""
struct Note
    level::Symbol
    text::String
    source::Union{Nothing, Int}
    pid::Int
    lost::Int
end

const LEVELS = (:debug, :info, :warning, :error)

progress_of(struct_) = Progress((getfield(struct_[], name) for name in fieldnames(Progress))...)
source_of(struct_) = (index = value_of(struct_, :source); index == FOREBAY_NO_SOURCE ? nothing : Int(index) + 1)

reject_of(struct_) =
    Reject((value_of(struct_, name) for name in (:path, :line, :column, :byte, :reason, :text, :code, :count))..., source_of(struct_))

note_of(struct_) =
    Note(LEVELS[value_of(struct_, :level)], value_of(struct_, :text), source_of(struct_), value_of(struct_, :pid), value_of(struct_, :lost))

"Takes things by number from 0 until there are no more."
function listed(take!)
    found = []
    while (entry = take!(length(found))) !== nothing
        push!(found, entry)
    end
    return [found...]
end
