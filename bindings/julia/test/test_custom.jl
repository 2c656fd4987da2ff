# Loaders written in Julia, which run in child processes.

const FRAMES = "channel:i4,value:f8"

"Reads files of an instrument, which begin with INSTRUM1."
const read_frames = (source, emit) -> begin
    read(source.io, 8) == b"INSTRUM1" || error("does not begin with INSTRUM1; it is no file of the instrument")
    while !eof(source.io)
        values = reinterpret(Float64, read(source.io, 8 * source.config.block))
        Forebay.log(source, "a block of $(length(values))"; level = :debug)
        emit((channel = 1:length(values), value = values))
    end
end

instrument_file(values, name = "run.bin") = (write(name, [b"INSTRUM1"; reinterpret(UInt8, Vector{Float64}(values))]); name)

@testset "a function of Julia reads files in child processes, into batches and stores" begin
    in_folder() do
        path = instrument_file(1:2500)
        options = (loader = read_frames, config = (block = 700,), children = 1)
        loader = Forebay.load([path, path], FRAMES; batch_rows = 1000, options...)
        batches = collect(loader)
        @test length.(batches) == [1000, 1000, 500, 1000, 1000, 500]
        @test vcat((batch.value for batch in batches)...) == [1:2500; 1:2500]
        notes = Forebay.notes(loader)
        @test length(notes) == 8 && first(notes).level === :debug && first(notes).text == "a block of 700" && first(notes).source == 1
        Forebay.open("frames.h5", "w") do store
            @test Forebay.load!(store, path, FRAMES; options...).rows == 2500
            @test store["data"][:value] == 1:2500
        end
    end
end

@testset "an error in the function is the failure of that file" begin
    in_folder() do
        failure = failure_of(() -> Forebay.read(written("something else\n"), FRAMES; loader = read_frames, config = (block = 10,)))
        @test failure isa Forebay.FormatError && occursin("INSTRUM1; it is no file", failure.message)
        fails = (source, emit) -> throw(Forebay.BadValueError("the clock ran backwards"; line = 7, column = 2))
        failure = failure_of(() -> Forebay.read(numbers_file(1), FRAMES; loader = fails))
        @test failure isa Forebay.BadValueError && (failure.line, failure.column) == (7, 2) && occursin("the clock ran backwards", failure.message)
    end
end

@testset "a child of Julia that dies is replaced without a row lost or doubled" begin
    in_folder() do
        dying = (source, emit) -> for part in 1:4
            emit([(a = Int32(1000part + row),) for row in 0:999])
            if part == 3 && !isfile(source.config)
                touch(source.config)
                ccall(:kill, Cint, (Cint, Cint), getpid(), 9)
            end
        end
        loader = Forebay.load(numbers_file(1), "a:i4"; loader = dying, config = abspath("died"), children = 1, batch_rows = 500)
        @test vcat((batch.a for batch in loader)...) == 1000:4999
        @test isfile("died") && Forebay.progress(loader).child_restarts == 1
    end
end

@testset "a function of a file, blocks filled in place, and rows in the rows layout" begin
    in_folder() do
        write("frames.jl", """
        import Forebay
        function count_up(source)
            Forebay.blocks(source) do columns, capacity
                rows = min(capacity, 2500 - source.first_row, source.row_limit)
                columns.a[1:rows] .= 1:rows
                rows
            end
        end
        read_all(source, emit) = count_up(source)
        """)
        batch = Forebay.read(numbers_file(1), "a:i4,b:S3"; loader = "frames.jl:read_all", layout = :rows, children = 1)
        @test batch.a == 1:2500
    end
end

@testset "a function of a package is found by its name" begin
    in_folder() do
        mkpath(joinpath("packages", "Instrument", "src"))
        write(joinpath("packages", "Instrument", "src", "Instrument.jl"), """
        module Instrument
        read_run(source, emit) = emit((a = [7, 8],))
        end
        """)
        push!(LOAD_PATH, abspath("packages"))
        try
            @eval Main import Instrument
            @test Forebay.read(numbers_file(1), "a:i4"; loader = Main.Instrument.read_run, children = 1).a == [7, 8]
        finally
            pop!(LOAD_PATH)
        end
    end
end

named_loader(source, emit) = nothing

@testset "what a child could not find is refused at once" begin
    failure = failure_of(() -> Forebay.load("x", FRAMES; loader = named_loader))
    @test failure isa Forebay.ArgumentError && occursin("named_loader is of Main, where a child cannot find it: give an anonymous one", failure.message)
    @test_throws Forebay.ArgumentError Forebay.load("x", FRAMES; loader = "frames.py")
end
