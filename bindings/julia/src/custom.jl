# Loaders written in Julia: a function of yours reads the files, in child processes that run julia (child_main.jl is the program).

# The parent

"""
What a child is told: the function, and the configuration. An anonymous function of Main travels whole, by Serialization; one of a package by its name, and the child loads the
package first; "frames.jl:read_frames" is a function of a file that the child includes.
"""
function told_of(f, config)
    f isa AbstractString && return (function_ = nothing, file = abspath(file_and_name(f)[1]), name = file_and_name(f)[2], config = config)
    home = parentmodule(f)
    is_anonymous = startswith(string(nameof(f)), "#")
    if Base.moduleroot(home) === Main && !(home === Main && is_anonymous)
        throw(ArgumentError("the function $(nameof(f)) is of $home, where a child cannot find it: give an anonymous one, made in Main, such as " *
                            "(source, emit) -> ..., or one of a package, or \"file.jl:function\""))
    end
    return (function_ = f, file = "", name = "", config = config)
end

"The package that a function is of, which a child loads before it is told of the function; nothing for one that travels whole."
package_of(f) = f isa AbstractString || Base.moduleroot(parentmodule(f)) === Main ? nothing : Base.PkgId(Base.moduleroot(parentmodule(f)))

function file_and_name(text)
    found = match(r"^(.*\.jl):([^/:]+)$", text)
    found === nothing && throw(ArgumentError("loader is $(repr(text)), not of the form \"file.jl:function\""))
    return String(found[1]), String(found[2])
end

"Sets the child program of a loader: this julia with the packages that it sees."
function put_child!(options::Options, f, config)
    told = IOBuffer()
    Serialization.serialize(told, package_of(f))
    Serialization.serialize(told, told_of(f, config))
    program = joinpath(@__DIR__, "child_main.jl")
    words = [joinpath(Sys.BINDIR, Base.julia_exename()), "--startup-file=no", "--history-file=no", "--color=no", "-O1", program, LIBRARY_PATH[],
             join(Base.load_path(), "\n")]
    argv = [map(word -> pointer(c_text(word)), words); Ptr{UInt8}(C_NULL)]
    bytes = take!(told)
    push!(options.kept, words, argv, bytes)
    put!(options.struct_, :child_argv, pointer(argv))
    put!(options.struct_, :child_config, pointer(bytes))
    put!(options.struct_, :child_config_bytes, length(bytes))
    return options
end

# The child

"""
    Forebay.Source

The file that a function in a child process is to read: `io` (open for reading), `path`, `size`, `number` (its place in the order of the loader, from 1), `begin_` (0, or
where to go on after a child died), `line`, `first_row` (rows published before), `row_limit`, `config` (what `load` was given) and `dtype` (its text).
"""
struct Source
    child::Ptr{Cvoid}
    io::IOStream
    path::String
    size::Int
    number::Int
    begin_::Int
    line::Int
    first_row::Int
    row_limit::Int
    config::Any
    dtype::String
    fields::Vector{Field}
end

"""
    Forebay.log(source, text; level = :info)

In a child process: sends a note to whoever loads, who gets it by [`Forebay.notes`](@ref). Send one now and then in work that takes long: a child that is silent for the loader's
`progress_timeout` is taken for one that hangs. `level` is :debug, :info, :warning or :error. [`Forebay.notes`](@ref) has an example.
"""
function log(source::Source, text; level = :info)
    place = findfirst(==(Symbol(level)), LEVELS)
    place === nothing && throw(ArgumentError("level is $(repr(level)); it must be one of $(join(LEVELS, ", "))"))
    call(forebay_child_log, source.child, place, replace(string(text), '\0' => '?'))
    return nothing
end

"""
    Forebay.blocks(f, source)

In a child process: blocks of shared memory to fill directly, without a copy, instead of emitting rows. `f(columns, capacity)` gets a NamedTuple of the columns of a block,
fills them from row 1 on and returns the number of rows, which are published; fewer than the capacity end the file. A pair `rows => place` also tells where to go on should the child die: a number that
grows, and comes back as `source.begin_`.

```julia
write("any.bin", "x")
counting = (source, emit) -> Forebay.blocks(source) do columns, capacity
    rows = min(capacity, 1000 - source.first_row)
    columns.pos[1:rows] .= 1:rows
    rows
end
sum(Forebay.read("any.bin", "pos:i4"; loader = counting, children = 1).pos)   # 500500
```
"""
function blocks(f, source::Source)
    view, total = blank(CChildView), source.first_row
    while call(forebay_child_fill, source.child, view) == FOREBAY_OK
        capacity = Int(view[].capacity)
        result = f(NamedTuple{names_of(source)}(columns_of_block(source, 0, capacity)), capacity)
        rows, place = result isa Pair ? result : (result, total + result)
        total += rows
        rows > 0 && call(forebay_child_publish, source.child, rows, place, 0)
        rows == capacity || return nothing
    end
    return nothing
end

names_of(source::Source) = Tuple(field.name for field in source.fields)

"The columns of the block at hand, behind its first `used` rows."
columns_of_block(source::Source, used, rows) =
    Tuple(column_of_block(source, place, used, rows) for place in 1:length(source.fields))

function column_of_block(source::Source, place, used, rows)
    struct_ = blank(CArrayColumn)
    call(forebay_child_column_get, source.child, place - 1, struct_)
    return strided(source.fields[place], struct_[].data + used * struct_[].stride, struct_[].stride, rows, nothing)
end

"Puts rows of any number into blocks, and passes over those that were published before."
mutable struct Emitter
    source::Source
    skip::Int
    total::Int
    used::Int
    room::Int # 0: there is no block
end
Emitter(source::Source) = Emitter(source, source.first_row, source.first_row, 0, 0)

"False: no more rows are wanted."
function (emitter::Emitter)(values)
    fields = emitter.source.fields
    given = is_columns(values) ? values : columns_of_rows(values, fields)
    count = rows_of_columns(given, fields)
    done = min(emitter.skip, count)
    emitter.skip -= done
    while done < count
        emitter.room > 0 || begin_block!(emitter) || return false
        part = min(count - done, emitter.room - emitter.used)
        for (place, field) in enumerate(fields)
            put_column!(column_of_block(emitter.source, place, emitter.used, part), column_for(given, field), done + 1, field.name)
        end
        emitter.used += part
        done += part
        emitter.used == emitter.room && flush!(emitter)
    end
    return true
end

function begin_block!(emitter::Emitter)
    view = blank(CChildView)
    call(forebay_child_fill, emitter.source.child, view) == FOREBAY_OK || return false
    emitter.room, emitter.used = Int(view[].capacity), 0
    return true
end

function flush!(emitter::Emitter)
    if emitter.used > 0
        emitter.total += emitter.used
        call(forebay_child_publish, emitter.source.child, emitter.used, emitter.total, 0)
    end
    emitter.room = emitter.used = 0
    return nothing
end

code_of(failure::Error) = failure.code
code_of(::EOFError) = FOREBAY_E_TRUNCATED
code_of(::Base.OutOfMemoryError) = FOREBAY_E_MEMORY
code_of(::Union{SystemError, Base.IOError}) = FOREBAY_E_IO
code_of(::Union{InexactError, DomainError, Base.ArgumentError}) = FOREBAY_E_VALUE
code_of(failure) = FOREBAY_E_FORMAT

function report(child, failure)
    message = failure isa Error ? failure.message : failure isa ErrorException ? failure.msg : sprint(showerror, failure)
    place(name, unknown) = failure isa Error ? something(getproperty(failure, name), unknown) : unknown
    text = replace(first(message, 800), r"[\n\0]" => " ")
    call(forebay_child_fail, child, code_of(failure), place(:line, 0), place(:byte, typemax(UInt64)), place(:column, 0), text)
end

function source_of_task(child, task, config, fields, text)
    said = task[]
    limit = said.row_limit > typemax(Int) ? typemax(Int) : Int(said.row_limit)
    return Source(child, fdio(ccall(:dup, Cint, (Cint,), said.descriptor), true), readlink("/proc/self/fd/$(said.descriptor)"), Int(said.size),
                  Int(said.source) + 1, Int(getfield(said, :begin)), Int(said.line), Int(said.first_row), limit, config, text, fields)
end

function run_task(f, source::Source)
    emitter = Emitter(source)
    try
        # Why: the function was made after this one was compiled.
        Base.invokelatest(f, source, emitter)
    finally # rows before a fault are delivered
        flush!(emitter)
        close(source.io)
    end
end

"What the parent told, its package loaded first."
function heard(bytes)
    told = IOBuffer(bytes)
    package = Serialization.deserialize(told)
    package === nothing || Base.require(package)
    # Why: the package's own types are newer than this function.
    return Base.invokelatest(Serialization.deserialize, told)
end

"The function that was told of."
function resolve(told)
    told.function_ === nothing || return told.function_
    Base.include(Main, told.file)
    return getfield(Main, Symbol(told.name))
end

function config_bytes(child)
    data, count = Ref{Ptr{Cvoid}}(C_NULL), Ref(UInt64(0))
    call(forebay_child_config, child, data, count)
    return copy(unsafe_wrap(Array, Ptr{UInt8}(data[]), Int(count[])))
end

"What a child process does, until its loader ends it."
function run_child()
    child = made(forebay_child_attach)
    has = forebay_child_dtype(child)
    fields, text = fields_of(has), dtype_text(has)
    told, f, task = nothing, nothing, blank(CChildTask)
    while call(forebay_child_take, child, task) != FOREBAY_END
        try
            if f === nothing
                told = heard(config_bytes(child))
                f = resolve(told)
            end
            run_task(f, source_of_task(child, task, told.config, fields, text))
            call(forebay_child_finish, child)
        catch failure
            failure isa CancelledError ? call(forebay_child_finish, child) : report(child, failure)
        end
    end
end
