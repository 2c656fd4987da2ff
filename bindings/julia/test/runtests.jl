# The tests of the package. Each file stands for itself: `julia test/runtests.jl test_load.jl` runs one of them.

include("support.jl")

const FILES = ["test_layout.jl", "test_types.jl", "test_load.jl", "test_errors.jl", "test_memory.jl", "test_store.jl", "test_custom.jl",
               "test_library.jl", "test_libuv.jl", "test_dialects.jl", "test_docs.jl"]

@testset "Forebay" begin
    for file in (isempty(ARGS) ? FILES : ARGS)
        @testset "$file" begin
            include(file)
        end
    end
end
