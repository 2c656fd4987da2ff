# What calls throw: a type for each failure code of the library, below Forebay.Error.

"""
    Forebay.Error

Above all that the library's failures throw. Each has

  - `message`: one line that names file, place, cause and what to do
  - `code` and `name`: the status, such as -42 and "FOREBAY_E_VALUE"
  - `path`, `line`, `column`, `byte`: the place in the input, each `nothing` where it is not known; `byte` is an offset in the
    decompressed file
  - `source`: number of the file in the loader, from 1, or `nothing`
  - `errno`: of the system call that failed, or `nothing`

```julia
write("bad.txt", "chr1 1\\nchr1 x2\\n")
failure = try
    Forebay.read("bad.txt", "chr:S4,pos:i4")
catch found
    found
end
(typeof(failure), failure.line, failure.column)   # (Forebay.BadValueError, 2, 2)
```
"""
abstract type Error <: Exception end

"What an error knows besides its type."
struct Place
    message::String
    code::Int32
    name::String
    path::Union{Nothing, String}
    line::Union{Nothing, Int}
    column::Union{Nothing, Int}
    byte::Union{Nothing, Int}
    source::Union{Nothing, Int}
    errno::Union{Nothing, Int}
end

Place(message, code; path = nothing, line = nothing, column = nothing, byte = nothing) =
    Place(message, code, unsafe_string(forebay_status_name(code)), path, line, column, byte, nothing, nothing)

const ERROR_LIST = (
    (-10, :ArgumentError, "An argument or option is wrong."),
    (-11, :VersionError, "The package uses something that the library does not know."),
    (-12, :DtypeError, "A dtype is not well formed, or is one that forebay has not."),
    (-13, :MismatchError, "Dtype or shape differ from what is there."),
    (-20, :OutOfMemoryError, "Memory could not be had."),
    (-21, :FullError, "The program holds all batches that the quota allows: let some go, or raise `memory_bytes`."),
    (-22, :NoSpaceError, "The disk is full."),
    (-23, :LimitError, "A limit of the system or of a format was reached."),
    (-30, :InputOutputError, "Input or output failed."),
    (-31, :NotFoundError, "No such file."),
    (-32, :PermissionError, "Permission was denied."),
    (-33, :ExistsError, "It exists already."),
    (-34, :BusyError, "Another process uses it."),
    (-35, :CommitUnknownError, "Whether a commit is on the disk is not known; the next opening decides."),
    (-40, :FormatError, "The file is damaged or of another format."),
    (-41, :ForeignError, "The HDF5 file was not made by forebay."),
    (-42, :BadValueError, "A value cannot be read as its type."),
    (-43, :ColumnsError, "A row has too few or too many columns."),
    (-44, :TruncatedError, "The input ends too early."),
    (-45, :JournalError, "The journal of a file that was not closed is missing."),
    (-46, :ChangedError, "A source is not what it was when its rows were stored."),
    (-50, :ChildError, "A child process ended."),
    (-51, :TimeoutError, "A child process made no progress, or the whole load took too long."),
    (-52, :ProtocolError, "A child process broke the protocol."),
    (-53, :SpawnError, "A child process could not be started."),
    (-60, :StateError, "The call does not fit the object's state."),
    (-61, :CancelledError, "The work was cancelled."),
    (-62, :PoisonedError, "An earlier failure made the object unusable."),
    (-70, :InternalError, "A fault of the library itself."),
)

for (code, name, text) in ERROR_LIST
    @eval begin
        struct $name <: Error
            place::Place
        end
        $name(message::AbstractString; place...) = $name(Place(String(message), $code; place...))
        @doc $("    Forebay.$name\n\n$text See [`Forebay.Error`](@ref).") $name
    end
end

"For a code that this package does not know."
struct UnknownError <: Error
    place::Place
end

const CLASSES = Dict{Int, Any}(code => getfield(@__MODULE__, name) for (code, name, _) in ERROR_LIST)

Base.getproperty(failure::Error, name::Symbol) =
    name === :place ? getfield(failure, :place) : getfield(getfield(failure, :place), name)
Base.propertynames(::Error) = fieldnames(Place)
Base.showerror(io::IO, failure::Error) = print(io, nameof(typeof(failure)), ": ", failure.message)
