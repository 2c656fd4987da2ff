# What fails, and how it says so.

@testset "a bad cell is an error with file, line and column" begin
    in_folder() do
        path = written("chr1\t1\nchr1\tx2\n", "bad.txt")
        failure = failure_of(() -> Forebay.read("bad.txt", "chr:S10,pos:i4"))
        @test failure isa Forebay.BadValueError && failure isa Forebay.Error
        @test (failure.path, failure.line, failure.column, failure.source) == ("bad.txt", 2, 2, 1)
        @test failure.byte == 12 && failure.code == -42 && failure.name == "FOREBAY_E_VALUE" && failure.errno === nothing
        @test startswith(sprint(showerror, failure), "BadValueError: bad.txt:2:") && occursin("x2", failure.message)
    end
end

@testset "a file that fails throws once in its turn, then the next comes" begin
    in_folder() do
        loader = Forebay.load(["/nowhere/at/all.txt", numbers_file(3)], "chr:S10,pos:i4")
        failure = failure_of(() -> Forebay.next!(loader))
        @test failure isa Forebay.NotFoundError && failure.errno == Base.Libc.ENOENT
        @test Forebay.next!(loader).pos == 0:2
        @test Forebay.next!(loader) === nothing
        @test Forebay.source_facts(loader, 1).failure isa Forebay.NotFoundError && Forebay.source_facts(loader, 2).failure === nothing
    end
end

@testset "options that are wrong say so" begin
    in_folder() do
        path = numbers_file(1)
        said(; given...) = (failure = failure_of(() -> Forebay.load(path, "a:i4"; given...)); @test(failure isa Forebay.ArgumentError); failure.message)
        @test occursin("there is no option delimeter; there are batch, ", said(delimeter = ","))
        @test occursin("another option", said(sep = ",", delimiter = ";"))
        @test occursin("error, fail, null, skip", said(on_error = :stop))
        @test occursin("not a whole number", said(children = -1)) && occursin("too large", said(children = 2^40))
        @test occursin("not one character", said(sep = ",,")) && occursin("seconds above 0", said(total_timeout = 0))
        @test occursin("NUL", said(comment = "a\0"))
        @test_throws Forebay.DtypeError Forebay.load(path, "a:q4")
        @test_throws Forebay.ArgumentError Forebay.load(String[])
    end
end

@testset "bad rows can be passed over or filled, and are listed" begin
    in_folder() do
        path = written("chr1 1\nchr1 x\nchr1 3\n")
        loader = Forebay.load(path, "chr:S10,pos:i4"; on_error = "skip")
        @test only([batch.pos for batch in loader]) == [1, 3]
        reject = only(Forebay.rejects(loader))
        @test (reject.line, reject.column, reject.text, reject.code, reject.source) == (2, 2, "chr1 x", -42, 1)
        @test Forebay.reject_count(loader) == 1 && Forebay.source_facts(loader, 1).skipped == 1
        @test Forebay.read(path, "chr:S10,pos:i4"; on_error = :null, fill = (pos = -1,)).pos == [1, -1, 3]
    end
end

@testset "a child that is killed is survived" begin
    expected = vcat((plain_rows(path) for path in HEADS)...)
    loader = Forebay.load(HEADS, ROW; layout = :rows, batch_rows = 1000, split_bytes = 50_000, children = 2, memory_bytes = 1 << 20)
    got = bytes_of(Forebay.next!(loader))
    pids = Forebay.child_pids(loader)
    @test !isempty(pids)
    ccall(:kill, Cint, (Cint, Cint), first(pids), 9)
    for batch in loader
        append!(got, bytes_of(batch))
    end
    @test got == expected
    @test Forebay.progress(loader).child_restarts >= 1
end

@testset "nothing in time is an error of its own, and no rows are lost by it" begin
    source, target = pipe_ends()
    loader = Forebay.load(String[], "pos:i4")
    Forebay.add!(loader, source)
    @test_throws Forebay.TimeoutError Forebay.next!(loader; timeout = 0)
    @test_throws Forebay.TimeoutError Forebay.next!(loader; timeout = 0.05)
    write(target, "7\n")
    close(target)
    @test Forebay.next!(loader).pos == [7]
    close_descriptor(source)
end

@testset "a loader that is closed or cancelled says so" begin
    in_folder() do
        path = numbers_file(10)
        loader = Forebay.load(path, "chr:S10,pos:i4")
        Forebay.cancel(loader)
        @test_throws Forebay.CancelledError Forebay.next!(loader)
        close(loader)
        close(loader)
        @test !isopen(loader)
        @test_throws Forebay.StateError Forebay.next!(loader)
        kept = Forebay.load(path, "chr:S10,pos:i4") do loader
            Forebay.next!(loader).pos
        end
        @test kept == 0:9
    end
end
