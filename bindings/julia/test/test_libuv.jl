# Julia carries a libuv of its own, and so does forebay: the two must not meet.

import Libdl

struct DlInfo
    file::Ptr{UInt8}
    base::Ptr{Cvoid}
    symbol::Ptr{UInt8}
    address::Ptr{Cvoid}
end

"The file that an address of code lies in."
function file_at(address)
    info = Ref(DlInfo(C_NULL, C_NULL, C_NULL, C_NULL))
    @test ccall(:dladdr, Cint, (Ptr{Cvoid}, Ref{DlInfo}), address, info) != 0
    return unsafe_string(info[].file)
end

exported(path) = split(read(`nm -D --defined-only --format=posix $path`, String), '\n')
wanted(path) = split(read(`nm -D --undefined-only --format=posix $path`, String), '\n')
is_uv(line) = occursin(r"^uv_", line)

@testset "forebay neither shows symbols of libuv nor asks for them" begin
    path = Forebay.library().path
    @test any(line -> startswith(line, "forebay_loader_next"), exported(path))
    @test !any(is_uv, exported(path)) && !any(is_uv, wanted(path))
    needed = read(`readelf -d $path`, String)
    @test occursin("NEEDED", needed) && !occursin("libuv", needed)
end

@testset "Julia's calls go to Julia's libuv, forebay's to its own" begin
    ours = realpath(Forebay.library().path)
    # What the process finds under these names, as the dynamic linker would resolve them.
    for name in (:uv_run, :uv_loop_init, :uv_poll_init, :uv_async_send, :uv_version_string)
        address = Libdl.dlsym_e(Libdl.dlopen(""), name)
        address == C_NULL || @test realpath(file_at(address)) != ours
    end
    julia_loop = ccall(:jl_global_event_loop, Ptr{Cvoid}, ())
    @test julia_loop != C_NULL
    handle = Libdl.dlopen(ours, Libdl.RTLD_LAZY | Libdl.RTLD_NOLOAD)
    @test realpath(file_at(Libdl.dlsym(handle, :forebay_loader_next))) == ours
end

@testset "both loops run in one process at once" begin
    in_folder() do
        path = numbers_file(50_000)
        ticks = Ref(0)
        timer = Timer(_ -> ticks[] += 1, 0; interval = 0.001)
        output = @async read(`sh -c "sleep 0.05; echo done"`, String) # a process of Julia's own, while forebay has children
        total = 0
        while total < 10 || ticks[] < 5 || !istaskdone(output)
            for batch in Forebay.load([path, path], "chr:S10,pos:i4"; batch_rows = 5000)
                total += length(batch)
                yield()
            end
        end
        close(timer)
        @test fetch(output) == "done\n" && total % 100_000 == 0 && ticks[] >= 5
    end
end
