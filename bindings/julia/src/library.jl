# Finds the shared library, loads it, and checks that it has the ABI that this package knows.

const NAME = "libforebay.so.0"
const VARIABLE = "FOREBAY_LIBRARY"
const LIBRARY_PATH = Ref("")

"What pkg-config knows of an installed library, or nothing."
function pkg_config_folder()
    try
        folder = strip(Base.read(pipeline(`pkg-config --variable=libdir forebay`, stderr = devnull), String))
        return isempty(folder) ? nothing : String(folder)
    catch
        return nothing # there is no pkg-config, or it does not know forebay
    end
end

"""
Where to look, in order: \$FOREBAY_LIBRARY alone if it is set; else a copy inside the package, the environment's own folder, what
pkg-config knows, what the system's loader finds.
"""
function candidates()
    given = get(ENV, VARIABLE, "")
    isempty(given) || return [given]
    folders = Union{Nothing, String}[normpath(joinpath(@__DIR__, "..", "lib"))]
    prefix = get(ENV, "CONDA_PREFIX", "")
    isempty(prefix) || push!(folders, joinpath(prefix, "lib"))
    push!(folders, pkg_config_folder())
    found = [joinpath(folder, NAME) for folder in folders if folder !== nothing]
    return push!(filter(isfile, found), NAME)
end

"Null, or why this library is not taken."
function fault_of_library(handle)
    version = Libdl.dlsym_e(handle, :forebay_version)
    abi = Libdl.dlsym_e(handle, :forebay_abi_version)
    (version == C_NULL || abi == C_NULL) && return "it has no forebay_version: it is another library"
    found = ccall(abi, UInt32, ())
    found == FOREBAY_ABI_VERSION && return nothing
    name = unsafe_string(ccall(version, Ptr{UInt8}, ()))
    return "it is libforebay $name with ABI $found, but this package needs ABI $FOREBAY_ABI_VERSION: install a library and a package of " *
           "the same release, or set $VARIABLE to another library"
end

function open_library()
    failures = String[]
    for path in candidates()
        handle = try
            Libdl.dlopen(path, Libdl.RTLD_LAZY | Libdl.RTLD_LOCAL)
        catch failure
            push!(failures, replace("$path: $(failure isa ErrorException ? failure.msg : failure)", "\n" => ": "))
            continue
        end
        fault = fault_of_library(handle)
        fault === nothing && return handle, path
        push!(failures, "$path: $fault")
    end
    error("the library $NAME was not found. Build and install it (make && sudo make install), or set $VARIABLE to its path. Tried: ",
          join(failures, "; "))
end

function load_library()
    handle, path = open_library()
    for (place, name) in enumerate(FUNCTIONS)
        ADDRESSES[place] = Libdl.dlsym(handle, name)
    end
    # What the loader found by its own search is named with its folder, so that a child process takes the same one.
    LIBRARY_PATH[] = occursin('/', path) ? abspath(path) : Libdl.dlpath(handle)
    return nothing
end

"""
    Forebay.library()

Path and version of the shared library in use.

```julia
Forebay.library().version   # v"0.1.0"
```
"""
library() = (path = LIBRARY_PATH[], version = VersionNumber(unsafe_string(forebay_version())))
