# Leases: no block stays lent, no column points to nothing, nothing is left behind.

many(rows, count) = fill(numbers_file(rows), count)

"In a function of its own, so that no variable of the caller keeps a batch."
@noinline function drain(loader)
    total = 0
    for batch in loader
        total += length(batch.pos) + (batch.chr[1] == "chr22" ? 0 : 1)
    end
    return total
end

@testset "no block is lent after garbage was collected" begin
    in_folder() do
        loader = Forebay.load(many(100, 5), "chr:S10,pos:i4")
        @test drain(loader) == 500
        GC.gc()
        @test Forebay.memory(loader).blocks_lent == 0
    end
end

@testset "no row was copied on its way" begin
    loader = Forebay.load(HEADS[1], ROW)
    batch = Forebay.next!(loader)
    @test all(is_shared(batch[name]) for name in keys(batch))
    # The address of the first element lies in the arena, at the page where the block begins.
    @test UInt(pointer(batch.chr)) % 4096 == 0
    @test Forebay.view_of(batch).data == Ptr{Cvoid}(pointer(batch.chr))
end

@noinline taken_column(path) = Forebay.load(loader -> Forebay.next!(loader).pos, path, "chr:S10,pos:i4")
@noinline taken_reshaped(path) = reshape(Forebay.read(path, "chr:S10,pos:i4").pos, 2, :)
@noinline taken_strided(path) = Forebay.read(path, "chr:S10,pos:i4"; layout = :rows).pos
@noinline taken_rows(path) = Forebay.rows(Forebay.read(path, "chr:S10,pos:i4"; layout = :rows))

@testset "columns outlive batch and loader" begin
    in_folder() do
        path = numbers_file(1000)
        kept = [taken_column(path), taken_reshaped(path), view(taken_column(path), 1:2:999), taken_strided(path)]
        rows = taken_rows(path)
        GC.gc()
        @test drain(Forebay.load(many(1000, 5), "chr:S10,pos:i4")) == 5000 # other rows in the same places, if they were given back
        @test kept[1] == 0:999 && vec(kept[2]) == 0:999 && kept[3] == 0:2:998 && kept[4] == 0:999
        @test rows[1000] == (chr = "chr22", pos = Int32(999))
        @test all(is_shared, (kept[1], kept[2], kept[4]))
    end
end

@testset "a column does not grow in place" begin
    in_folder() do
        batch = Forebay.read(numbers_file(3), "chr:S10,pos:i4")
        grown = try
            push!(batch.pos, 9) # later releases of Julia make a copy of it
        catch failure
            @test occursin("shared", failure.msg)
            push!(copy(batch.pos), 9)
        end
        @test grown == [0, 1, 2, 9] && !is_shared(grown) && batch.pos == 0:2
    end
end

@noinline function keep_all(loader, kept)
    for batch in loader
        push!(kept, batch)
    end
end

@testset "keeping every batch ends with what to do, and collected ones make room by themselves" begin
    in_folder() do
        loader = Forebay.load(many(20_000, 20), "chr:S10,pos:i4"; batch_rows = 10_000, memory_bytes = 1 << 21)
        kept = []
        failure = failure_of(() -> keep_all(loader, kept))
        @test failure isa Forebay.FullError && occursin("memory_bytes", failure.message)
        @test 1 <= length(kept) < 40
        count = sum(length, kept)
        empty!(kept)
        @test count + drain(loader) == 400_000 # each time that the quota is used up, one collection makes room
    end
end

@noinline function one_load(number, good, bad)
    number % 3 == 0 && Forebay.read(good, "chr:S10,pos:i4"; children = 1)
    number % 3 == 1 && Forebay.next!(Forebay.load([good, good], "chr:S10,pos:i4"; batch_rows = 10, children = 1))
    number % 3 == 2 && failure_of(() -> Forebay.read(bad, "chr:S10,pos:i4"; children = 1))
    return nothing
end

@testset "loads in a loop leave no descriptor, mapping or child" begin
    in_folder() do
        good, bad = numbers_file(50), written("chr1 x\n", "bad.txt")
        state() = (GC.gc(); GC.gc(); (descriptors(), children(), length(mappings())))
        foreach(number -> one_load(number, good, bad), 1:6)
        before = state()
        foreach(number -> one_load(number, good, bad), 1:60)
        @test state() == before
    end
end

@testset "batches of the program's own, and filtering in place" begin
    arena = Forebay.Arena(1 << 20)
    batch = Forebay.lease(arena, "pos:i4,pct:f4", 1000)
    @test length(batch) == 1000 && is_shared(batch.pos)
    batch.pos .= 1:1000
    kept = filter(isodd, batch.pos)
    copyto!(batch.pos, kept)
    @test length(Forebay.set_rows!(batch, length(kept))) == 500 && batch.pos == 1:2:999
    @test_throws Forebay.ArgumentError Forebay.set_rows!(batch, 1 << 40)
    @test Forebay.facts(batch).source === nothing && Forebay.facts(batch).capacity >= 1000
    @test_throws Forebay.ArgumentError Forebay.lease(arena, "pos:i4", 1 << 30)
    rows = Forebay.lease(arena, "pos:i4,pct:f4", 2; layout = :rows)
    Forebay.rows(rows, NamedTuple{(:pos, :pct), Tuple{Int32, Float32}}) .= Ref((pos = Int32(1), pct = 2f0))
    @test rows.pos == [1, 1]
end

@testset "an array is shared with another process, once and read only" begin
    in_folder() do
        batch = Forebay.read(numbers_file(100), "chr:S10,pos:i4")
        descriptor = Forebay.share(batch)
        number = reinterpret(Int32, descriptor)
        attached = Forebay.attach(descriptor, "chr:S10,pos:i4")
        @test attached.pos == 0:99 && Forebay.facts(attached).is_read_only
        @test_throws Forebay.MismatchError Forebay.attach(descriptor, "pos:i4")
        ccall(:close, Cint, (Cint,), number)
        @test attached.pos[100] == 99
    end
end
