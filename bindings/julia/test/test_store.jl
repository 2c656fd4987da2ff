# Stores and tables: what goes in comes out, and commits are what they say.

const COLUMNS = (chr = ["chr1", "chr2", "chr3"], pos = [10, 20, 30], pct = [0.5, 1.5, 2.5])
const KIND = "chr:S10,pos:i4,pct:f4"

@testset "files go into a table, which holds the rows of all" begin
    in_folder() do
        bulk = Forebay.open(store -> Forebay.load!(store, HEADS, ROW), "bulk.h5", "w")
        @test bulk == (rows = 40_000, sources_failed = 0, rejects = 0)
        Forebay.open("pulled.h5", "w") do store
            table = Forebay.table(store, "data", ROW; layout = :columns, compression = :gzip, shuffle = true)
            foreach(batch -> append!(table, batch), Forebay.load(HEADS, ROW))
        end
        expected = vcat((plain_rows(path) for path in HEADS)...)
        for path in ("bulk.h5", "pulled.h5")
            Forebay.open(path, "r") do store
                table = store["data"]
                @test length(table) == 40_000 && keys(store) == ["data"] && Forebay.verify(store) == 40_000
                packed, count = Forebay.packed(table[:], table.fields, table.row_bytes)
                @test count == 40_000 && packed == expected
                @test table[:pos, 39_000:40_000] == table[:].pos[39_000:40_000]
                @test sum(part -> length(part.pos), table) == 40_000
            end
        end
        @test Forebay.open(store -> Forebay.facts(store["data"]).layout, "pulled.h5", "r") === :columns
    end
end

struct Place
    pos::Int32
    pct::Float32
end

@testset "columns, structs and NamedTuples are appended and read" begin
    in_folder() do
        Forebay.open("all.h5", "w") do store
            table = Forebay.table(store, "data", KIND)
            append!(table, COLUMNS)
            append!(table, [(chr = "chr4", pos = 40, pct = 3.5)])
            @test table[4] == (chr = "chr4", pos = 40, pct = 3.5f0) && table[end].pos == 40
            @test table[2:3].chr == ["chr2", "chr3"] && table["pos"] == [10, 20, 30, 40] && isempty(table[3:2].pos)
            @test_throws BoundsError table[5]
            @test_throws Forebay.ArgumentError table[:nothing]
            places = Forebay.table(store, "places", Place)
            append!(places, [Place(1, 0.5), Place(2, 1.5)])
            append!(places, (pos = [3], pct = [2.5]))
            @test Forebay.rows(places, Place) == [Place(1, 0.5), Place(2, 1.5), Place(3, 2.5)]
            @test Forebay.rows(places, Place; first = 2, count = 1) == [Place(2, 1.5)]
            @test_throws Forebay.MismatchError Forebay.rows(table, Place)
            @test_throws Forebay.MismatchError Forebay.table(store, "places", "pos:i8")
            @test haskey(store, "places") && !haskey(store, "other") && length(store) == 2
            @test_throws KeyError store["other"]
        end
    end
end

@testset "a value that does not fit names column and row, and nothing is appended" begin
    in_folder() do
        Forebay.open("all.h5", "w") do store
            table = Forebay.table(store, "data", KIND)
            said(rows) = (failure = failure_of(() -> append!(table, rows)); @test(failure isa Forebay.MismatchError); failure.message)
            @test occursin("column chr, row 2: \"chromosome11\" has 12 bytes", said((chr = ["chr1", "chromosome11"], pos = [1, 2], pct = [0.5, 1])))
            @test occursin("column pos, row 1: 1.5 is no Int32", said((chr = ["chr1"], pos = [1.5], pct = [0.5])))
            @test occursin("no column pct", said((chr = ["chr1"], pos = [1])))
            @test occursin("1, 2, 1 rows", said((chr = ["chr1"], pos = [1, 2], pct = [0.5])))
            @test length(table) == 0
        end
    end
end

@testset "sub-arrays, other byte orders, times, bare types and inferred tables" begin
    in_folder() do
        Forebay.open("all.h5", "w") do store
            for layout in (:rows, :columns)
                table = Forebay.table(store, "t$layout", "k:>i2,t:f4[2,3],m:M8[s],b:?"; layout = layout)
                t = reshape(Float32.(1:12), 3, 2, 2)
                append!(table, (k = [-5, 258], t = t, m = [DateTime(2026), DateTime(1970, 1, 2)], b = [true, false]))
                @test table[:k] == [-5, 258] && table[:t] == t && DateTime(table[:m][1]) == DateTime(2026) && table[:b] == [true, false]
                @test table[2].t == t[:, :, 2] && table[2].k == 258
            end
            bare = Forebay.table(store, "bare", "f4[2]")
            append!(bare, [1 3; 2 4])
            @test bare[:value] == [1 3; 2 4]
            append!(append!(store, (name = ["a", "long"], at = [Date(2026), Date(2027)], n = [1, 2]); table = "made"), (name = ["b"], at = [Date(1970)], n = [3]); table = "made")
            @test store["made"].dtype == "name:S4,at:M8[ms],n:i8" && store["made"][:n] == 1:3
        end
    end
end

@testset "a commit keeps what was appended, an abandoned store does not" begin
    in_folder() do
        store = Forebay.open("kept.h5", "x")
        append!(store, COLUMNS)
        Forebay.commit(store)
        reader = Forebay.open("kept.h5", "r")
        append!(store, COLUMNS)
        @test length(store["data"]) == 6 && length(reader["data"]) == 3 && !Forebay.refresh(reader)
        @test Forebay.commit_begin(store) == 1 && Forebay.commit_poll(store; timeout = nothing)
        @test Forebay.refresh(reader) && length(reader["data"]) == 6
        close(reader)
        append!(store, COLUMNS)
        Forebay.abandon(store)
        @test Forebay.info("kept.h5").journal === :waiting && Forebay.recover("kept.h5").action === :replayed
        @test Forebay.open(store -> length(store["data"]), "kept.h5", "r") == 6
        @test_throws Forebay.StateError append!(store, COLUMNS)
        @test_throws ErrorException Forebay.open(store -> (append!(store, COLUMNS); error("stop")), "kept.h5")
        @test Forebay.open(store -> length(store["data"]), "kept.h5") == 6
        @test_throws Forebay.ExistsError Forebay.open("kept.h5", "x")
        @test_throws Forebay.ArgumentError Forebay.open("kept.h5", "rw")
        @test Forebay.repack("kept.h5").rows == 6 && Forebay.info("kept.h5").journal === :none
    end
end

@noinline forget() = (append!(Forebay.open("forgotten.h5", "w"; durability = :none), COLUMNS); nothing)

@testset "a store that is forgotten is abandoned, with a warning" begin
    in_folder() do
        forget()
        GC.gc()
        GC.gc()
        Forebay.open("forgotten.h5", "w") do store # it is not in use any more
            @test length(store) == 0
        end
    end
end

@testset "attributes" begin
    in_folder() do
        Forebay.open("all.h5", "w") do store
            attributes = Forebay.attributes(Forebay.table(store, "data", KIND))
            attributes["cells"] = "IMR90 é"
            attributes["depth"] = 30
            @test attributes["cells"] == "IMR90 é" && attributes["depth"] === 30.0 && length(attributes) == 2
            @test Dict(attributes) == Dict("cells" => "IMR90 é", "depth" => 30.0) && haskey(attributes, "cells")
            @test_throws KeyError attributes["other"]
        end
    end
end

@testset "a load goes on where it was, and rejects are in the file" begin
    in_folder() do
        first_, second = numbers_file(100, "a.txt"), written("chr1 1\nchr1 x\nchr1 3\n", "b.txt")
        Forebay.open("meth.h5", "w") do store
            @test Forebay.load!(store, [first_], "chr:S10,pos:i4"; on_error = :skip).rows == 100
        end
        Forebay.open("meth.h5") do store
            seen = Forebay.Progress[]
            done = Forebay.load!(store, [first_, second]; resume = true, on_error = :skip, progress = progress -> push!(seen, progress))
            @test done == (rows = 2, sources_failed = 0, rejects = 1) && last(seen).sources_done == 2
            @test [(source.state, source.rows, source.skipped) for source in Forebay.sources(store["data"])] == [(:complete, 100, 0), (:complete, 2, 1)]
            @test only(Forebay.rejects(store)).line == 2
        end
        Forebay.open("pulled.h5", "w") do store
            table = Forebay.table(store, "data", "chr:S10,pos:i4")
            loader = Forebay.load([first_], "chr:S10,pos:i4"; batch_rows = 30)
            for batch in Iterators.take(loader, 2)
                append!(table, batch)
                Forebay.consume!(table, loader, batch)
            end
            close(loader)
            again = Forebay.resume!(table, Forebay.load([first_], "chr:S10,pos:i4"; batch_rows = 30))
            foreach(batch -> append!(table, batch), again)
            @test table[:pos] == 0:99
        end
    end
end
