# What the tests share. $FOREBAY_ROOT is the source tree, $FOREBAY_LIBRARY the built library.

import Forebay
using Dates, SHA, Test

const ROOT = abspath(get(ENV, "FOREBAY_ROOT", joinpath(@__DIR__, "..", "..", "..")))
const ROW = "chr:S10,pos:i4,pct:f4,c:i4,t:i4"
const HEADS = [joinpath(ROOT, "tests", "data", name) for name in ("imr90_r1.head.txt", "imr90_r2.head.txt.gz")]
const SHARED = [joinpath(ROOT, "..", "shared", "data", name) for name in ("imr90_r1.chr22.txt.gz", "imr90_r2.chr22.txt.gz")]

"Rows that two tests of bindings must see alike: SHA-256 of the packed records, as numpy has them."
const HASHES = Dict(
    "imr90_r1.head.txt" => "6fc37528be6b4f19da6d136136525469d133ca9efe20a07291c2ccbf6d952153",
    "imr90_r2.head.txt.gz" => "74ddbe669f10b9e50caa66785d466fbce4e3cc3fdc9f1f65bf1793fbab2d5622",
    "imr90_r1.chr22.txt.gz" => "f882576a2cc5728b77337fb9826f54bdf9ff3a0c07c082d47c139ed4febd4b19",
    "imr90_r2.chr22.txt.gz" => "0da3cbc1b54e041927b00d0f2b587ae6fa2f44f067d4f70ceb91b8b078f3bbd7",
)

"Runs a test in a folder of its own."
in_folder(f) = mktempdir(folder -> cd(f, folder))

written(text, name = "input.txt") = (write(name, text); abspath(name))
numbers_file(rows, name = "numbers.txt"; first = 0) = written(join("chr22\t$(first + row)\n" for row in 0:(rows - 1)), name)

"The failure of something that must fail."
function failure_of(f)
    try
        f()
    catch failure
        return failure
    end
    error("it does not fail")
end

"A pipe: the end to read from, and a file to write to."
function pipe_ends()
    ends = Cint[0, 0]
    ccall(:pipe2, Cint, (Ptr{Cint}, Cint), ends, 0o2000000 #= O_CLOEXEC =#) == 0 || error("there is no pipe")
    return RawFD(ends[1]), fdio(ends[2], true)
end
close_descriptor(descriptor) = ccall(:close, Cint, (Cint,), reinterpret(Cint, descriptor))

lines_of(path) = eachline(endswith(path, ".gz") ? IOBuffer(read(`gzip -dc $path`)) : IOBuffer(read(path)))

"Packed records of the sample, parsed by Julia itself."
function plain_rows(path)
    out = IOBuffer()
    for line in lines_of(path)
        words = split(line)
        write(out, rpad(words[1], 10, '\0'), parse(Int32, words[2]), parse(Float32, words[3]), parse(Int32, words[4]), parse(Int32, words[5]))
    end
    return Base.take!(out)
end

"The packed rows of a batch in the rows layout."
function bytes_of(batch::Forebay.Batch)
    view = Forebay.view_of(batch)
    lease = Forebay.lease_of(batch)
    return GC.@preserve lease copy(unsafe_wrap(Array, Ptr{UInt8}(view.data), Int(view.rows * view.row_bytes)))
end

"Address ranges of the shared memory that this process has mapped."
function mappings()
    lines = filter(line -> occursin("memfd:", line), readlines("/proc/self/maps"))
    return [Tuple(parse(UInt, word, base = 16) for word in split(first(split(line)), '-')) for line in lines]
end

"Whether all of an array lies in one mapping of shared memory."
function is_shared(values)
    low = UInt(values isa Forebay.StridedColumn ? values.data : pointer(values))
    high = low + (values isa Forebay.StridedColumn ? values.stride * size(values)[end] : sizeof(values)) - 1
    return any(((from, to),) -> from <= low && high < to, mappings())
end

descriptors() = length(readdir("/proc/self/fd"))
children() = sum(task -> length(split(read("/proc/self/task/$task/children", String))), readdir("/proc/self/task"))

"Runs Julia code in a process of its own; what it printed, on both."
function run_julia(code; environment...)
    out = IOBuffer()
    command = `$(Base.julia_cmd()) --startup-file=no -e $code`
    extra = [string(name) => value for (name, value) in environment]
    process = run(pipeline(ignorestatus(addenv_(command, extra)), stdout = out, stderr = out))
    return process.exitcode, String(Base.take!(out))
end

addenv_(command, extra) = setenv(command, ["$name=$value" for (name, value) in merge(Dict{String, String}(ENV), Dict{String, String}(extra))])
