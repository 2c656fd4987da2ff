# What the package believes of the ABI is what C says: structs, status codes, enumerators, functions.

"Name to lines, as tests/abi/layout prints them."
function layout_blocks(text)
    return Dict(first(split(block)) => strip(block) for block in split(text, r"\n(?=\S)"))
end

function believed()
    out = IOBuffer()
    for (name, T) in Forebay.C_STRUCTS
        println(out, name, " ", sizeof(T))
        for place in 1:fieldcount(T)
            println(out, "  ", fieldname(T, place), " ", fieldoffset(T, place), " ", sizeof(fieldtype(T, place)))
        end
    end
    return layout_blocks(String(Base.take!(out)))
end

@testset "structs are as C prints them" begin
    program = get(ENV, "FOREBAY_LAYOUT", "")
    printed = isempty(program) ? read(joinpath(ROOT, "tests", "abi", "layout.txt"), String) : read(`$program`, String)
    expected = layout_blocks(printed)
    @test Set(keys(believed())) == Set(keys(expected))
    for (name, block) in expected
        @test believed()[name] == block
    end
end

header(name) = read(joinpath(ROOT, "include", "forebay", name), String)

@testset "every status has its error" begin
    codes = Set(parse(Int, found[1]) for found in eachmatch(r"X\(FOREBAY_E_\w+, (-\d+),", header("status.h")))
    @test length(codes) > 20
    @test Set(keys(Forebay.CLASSES)) == codes
end

@testset "choices are the enumerators of the header" begin
    values = Dict(found[1] => parse(Int, found[2]) for found in eachmatch(r"\b(FOREBAY_\w+) = (\d+)", header("loader.h") * header("array.h")))
    @test length(values) > 20
    for (name, choices) in Forebay.CHOICES
        start = name === :layout ? r"^FOREBAY_ARRAY_(ROWS|COLUMNS)$" : Regex("^FOREBAY_LOADER_$(uppercase(string(name)))_")
        @test Set(value for (key, value) in values if occursin(start, key)) == Set(Base.values(choices))
    end
end

@testset "every option of the header has its name" begin
    numbered = r"^(struct_size|reserved.*|child_argv|child_config.*)$"
    known = Set(string(get(Forebay.SECONDS, name, name)) for name in Forebay.KNOWN)
    for T in (Forebay.CLoaderOptions, Forebay.CLoaderFileOptions), name in string.(fieldnames(T))
        @test occursin(numbered, name) || name in known
    end
end

@testset "every function of the library is declared, but for those of Arrow and DLPack" begin
    symbols = filter(name -> !occursin(r"arrow|dlpack", name), split(read(joinpath(ROOT, "tests", "abi", "symbols.txt"), String)))
    @test Set(string.(Forebay.FUNCTIONS)) == Set(symbols)
end
