# Loading: files in, columns and rows out, without a copy.

@testset "real rows are those that Julia and the other bindings see" begin
    sample = all(isfile, SHARED) ? [HEADS; SHARED] : HEADS
    for path in sample
        bytes = bytes_of(Forebay.read(path, ROW; layout = :rows))
        @test bytes2hex(sha256(bytes)) == HASHES[basename(path)]
        @test bytes == plain_rows(path)
    end
end

@testset "columns are vectors that are the shared memory" begin
    in_folder() do
        path = written("chr1 7 1.5 1e300 -9 1\nchr2 8 2.5 2e300 9 0\n")
        batch = Forebay.read(path, "s:S4,i:i4,f:f4,d:f8,l:i8,b:?")
        @test batch.i isa Vector{Int32} && batch.f isa Vector{Float32} && batch.s isa Vector{Forebay.FixedString{4}} && batch.b isa Vector{Bool}
        @test all(is_shared(batch[name]) for name in keys(batch))
        @test batch.i == [7, 8] && batch["d"] == [1e300, 2e300] && batch[:l] == [-9, 9] && batch.s == ["chr1", "chr2"] && batch.b == [true, false]
        batch.i[1] = 70
        @test batch.i == [70, 8]
        @test propertynames(batch) == (:s, :i, :f, :d, :l, :b) && length(batch) == 2
        @test_throws Forebay.ArgumentError batch.nothing_there
        known = Forebay.facts(batch)
        @test known.layout === :columns && known.source == 1 && known.first_row == 1 && known.dtype == "s:S4,i:i4,f:f4,d:f8,l:i8,b:?"
    end
end

struct Reading
    pos::Int32
    pct::Float32
end

@testset "rows are structs, or NamedTuples where the struct has padding" begin
    in_folder() do
        path = written("7 0.5\n8 1.5\n")
        batch = Forebay.read(path, Reading; layout = :rows)
        seen = Forebay.rows(batch, Reading)
        @test seen isa Vector{Reading} && seen == [Reading(7, 0.5), Reading(8, 1.5)] && is_shared(seen)
        @test batch.pos isa Forebay.StridedColumn && is_shared(batch.pos) && batch.pos == [7, 8]
        batch.pos[2] = 80
        @test seen[2].pos == 80
        rows = Forebay.rows(batch)
        @test length(rows) == 2 && rows[2] == (pos = Int32(80), pct = 1.5f0) && eltype(rows) == NamedTuple{(:pos, :pct), Tuple{Int32, Float32}}
        @test Forebay.rows(Forebay.read(path, Reading))[1].pct == 0.5f0
        failure = failure_of(() -> Forebay.rows(Forebay.read(path, Reading), Reading))
        @test failure isa Forebay.MismatchError && occursin("layout = :rows", failure.message)
        failure = failure_of(() -> Forebay.rows(batch, NamedTuple{(:pos, :pct), Tuple{Int32, Float64}}))
        @test occursin("pct is Float64, in the rows it is Float32", failure.message)
    end
end

@testset "columns are a table: a NamedTuple of vectors of one length" begin
    in_folder() do
        batch = Forebay.read(written("1 7 8\n2 9 10\n3 11 12\n"), "id:i4,t:f8[2]")
        table = Forebay.columns(batch)
        @test keys(table) == (:id, :t) && all(column -> column isa AbstractVector && length(column) == 3, table)
        @test table.t[2] == [9, 10] && table.id == [1, 2, 3]
        @test eltype(table.t) <: SubArray && [sum(values) for values in table.t] == [15, 19, 23]
        @test batch.t == [7 9 11; 8 10 12] && batch.t isa Matrix{Float64} && is_shared(batch.t)
    end
end

@testset "sub-arrays of several dimensions, other byte orders, times" begin
    in_folder() do
        path = written("1 1 2 3 4 5 6 -5 2026-11-23T04:05:06\n2 7 8 9 10 11 12 258 NaT\n")
        for layout in (:rows, :columns)
            batch = Forebay.read(path, "k:i4,t:i4[2,3],b:>i2,m:M8[ms]"; layout = layout, na = "NaT")
            @test size(batch.t) == (3, 2, 2) && batch.t[:, 1, 1] == 1:3 && batch.t[:, 2, 2] == 10:12
            @test batch.b == [-5, 258] && batch.b isa Forebay.StridedColumn && collect(batch.b) isa Vector{Int16}
            @test DateTime(batch.m[1]) == DateTime(2026, 11, 23, 4, 5, 6) && Forebay.isnat(batch.m[2])
        end
    end
end

@testset "bare types are a column named value" begin
    in_folder() do
        batch = Forebay.read(written("1.5\n2.5\n"), "f8")
        @test batch.value == [1.5, 2.5] && Forebay.rows(Forebay.read(written("1.5\n"), Float64; layout = :rows), Float64) == [1.5]
        @test Forebay.read(written("1 2 3 4\n"), "f4[2,2]").value == reshape(Float32[1, 2, 3, 4], 2, 2, 1)
    end
end

@testset "batches come in order and have the rows asked for" begin
    in_folder() do
        paths = [numbers_file(25, "a.txt"), numbers_file(10, "b.txt"; first = 25)]
        batches = collect(Forebay.load(paths, (chr = "S10", pos = "i4"); batch_rows = 10, children = 2))
        @test length.(batches) == [10, 10, 5, 10]
        @test vcat((batch.pos for batch in batches)...) == 0:34
        @test [Forebay.facts(batch).source for batch in batches] == [1, 1, 1, 2]
        @test Forebay.facts(batches[2]).first_row == 11
        loader = Forebay.load(paths, "chr:S10,pos:i4")
        @test Forebay.paths(loader) == paths
        @test sum(length, loader) == 35 && Forebay.next!(loader) === nothing
        @test Forebay.progress(loader).rows_done == 35 && Forebay.progress(loader).sources_done == 2
        @test Forebay.source_facts(loader, 2).rows == 10
        @test_throws Forebay.ArgumentError Forebay.source_facts(loader, 3)
        @test_throws Forebay.ArgumentError Forebay.source_facts(loader, 0)
    end
end

@testset "order any: all rows, each file's in order" begin
    in_folder() do
        paths = [numbers_file(25, "a.txt"), numbers_file(10, "b.txt"; first = 100)]
        got = vcat((batch.pos for batch in Forebay.load(paths, "chr:S10,pos:i4"; order = :any, batch_rows = 5))...)
        @test filter(<(100), got) == 0:24 && filter(>=(100), got) == 100:109
    end
end

@testset "options have the names of Python, pandas and CSV.jl" begin
    in_folder() do
        path = written("id;price;sold\n1;2,50;yes\n2;NA;no\n")
        read_with(; given...) = Forebay.read(path, "price:f8,sold:?"; given...)
        for batch in (read_with(sep = ";", header = true, usecols = ["price", "sold"], decimal = ",", na_values = ["NA"], true_values = "yes", false_values = "no"),
                      read_with(delim = ';', header = true, select = [2, 3], decimal = ',', missingstring = "NA", truestrings = ["yes"], falsestrings = ["no"]),
                      read_with(delimiter = ';', header = true, columns = "2,3", decimal = ',', na = "NA", true_words = "yes", false_words = "no"))
            @test batch.price[1] == 2.5 && isnan(batch.price[2]) && batch.sold == [true, false]
        end
        path = written("1,x\n2,NA\n")
        @test Forebay.read(path, "a:i4,b:S2"; sep = ",", max_rows = 1).a == [1]
        @test Forebay.read(written("NA\n3\n"), "a:i4"; na = "NA", fill = (a = -1,)).a == [-1, 3]
        @test isnan(Forebay.read(written("NA\n3\n"), "a:f8"; na = "NA", fill = Dict("f8" => NaN)).a[1])
        @test Forebay.read(written("# no\n3\n"), "a:i4"; comments = "#").a == [3]
        @test Forebay.read(written("3 x\n"), "a:i4"; usecols = 1).a == [3]
        @test Forebay.read(written("3,x\n"), "a:i4,b:S1"; sep = ",", quotechar = nothing).b == ["x"]
    end
end

@testset "several files are a vector, and a file of comments has no rows" begin
    in_folder() do
        found = Forebay.read([numbers_file(2, "a.txt"), written("# nothing\n", "b.txt")], "chr:S10,pos:i4"; comment = "#")
        @test length.(found) == [2, 0] && keys(found[2]) == (:chr, :pos) && isempty(found[2].pos)
        found = Forebay.read("*.txt", "chr:S10,pos:i4"; comment = "#")
        @test length.(found) == [2, 0]
    end
end

@testset "open files are read too" begin
    in_folder() do
        path = numbers_file(3)
        open(path) do file
            loader = Forebay.load(String[], "chr:S10,pos:i4")
            Forebay.add!(loader, file)
            @test only([batch.pos for batch in loader]) == 0:2
        end
    end
end

@testset "a guess is loaded, and can be frozen" begin
    in_folder() do
        path = written(join(["name;price;sold"; ["item$i;$i,5;$(2i)" for i in 1:50]], "\n") * "\n")
        guess = Forebay.sniff(path)
        @test occursin(r"^name:S\d+,price:f8,sold:i4$", guess.dtype) && guess.options.delimiter == ';' && guess.options.decimal == ','
        @test Forebay.read(path).price[1:2] == [1.5, 2.5]
        @test Forebay.read(path, guess.dtype; guess.options...).sold == 2:2:100
        @test_throws Forebay.NotFoundError Forebay.sniff("nowhere.txt")
    end
end

@testset "other tasks run while a load waits" begin
    source, target = pipe_ends()
    loader = Forebay.load(String[], "pos:i4")
    Forebay.add!(loader, source)
    writer = @async begin
        write(target, "7\n8\n")
        close(target)
        true
    end
    @test Forebay.next!(loader).pos == [7, 8]
    @test fetch(writer)
    close_descriptor(source)
end
