# Which library is taken, and what is said when there is none. Each in a process of its own, as a package is loaded once.

load_with(library) = run_julia("import Forebay"; FOREBAY_LIBRARY = library)

@testset "a library that is missing, another one, or of another ABI is refused with what to do" begin
    code, said = load_with("/nowhere/libforebay.so.0")
    @test code != 0 && occursin(r"make && sudo make install.*FOREBAY_LIBRARY.*/nowhere/libforebay.so.0", said)
    @test occursin("it has no forebay_version: it is another library", last(load_with("libm.so.6")))
    if Sys.which("cc") !== nothing
        in_folder() do
            write("other.c", "unsigned forebay_abi_version(void) { return 2; } const char *forebay_version(void) { return \"9.9\"; }")
            run(`cc -shared -fPIC -o other.so other.c`)
            @test occursin("it is libforebay 9.9 with ABI 2, but this package needs ABI 1", last(load_with(abspath("other.so"))))
        end
    end
end

@testset "places are looked at in order" begin
    in_folder() do
        withenv("FOREBAY_LIBRARY" => nothing, "CONDA_PREFIX" => pwd()) do
            mkdir("lib")
            touch(joinpath("lib", Forebay.NAME))
            @test Forebay.candidates()[1] == joinpath(pwd(), "lib", Forebay.NAME) && last(Forebay.candidates()) == Forebay.NAME
        end
        withenv("FOREBAY_LIBRARY" => "/some/where.so") do
            @test Forebay.candidates() == ["/some/where.so"]
        end
    end
end

@testset "the library in use is told" begin
    given = get(ENV, "FOREBAY_LIBRARY", "")
    isempty(given) || @test realpath(Forebay.library().path) == realpath(given)
    @test Forebay.library().version >= v"0.1"
end
