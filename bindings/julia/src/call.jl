# Calls of the C functions: structs behind references, and failures as exceptions.

"A C struct whose struct_size is set; all else is zero, which means the default."
function blank(::Type{T}) where {T}
    ref = Ref{T}()
    GC.@preserve ref begin
        place = Base.unsafe_convert(Ptr{T}, ref)
        ccall(:memset, Ptr{Cvoid}, (Ptr{Cvoid}, Cint, Csize_t), place, 0, sizeof(T))
        unsafe_store!(Ptr{UInt32}(place), sizeof(T))
    end
    return ref
end

@inline function field_place(ref::Ref{T}, name::Symbol) where {T}
    index = Base.fieldindex(T, name)
    return Base.unsafe_convert(Ptr{T}, ref) + fieldoffset(T, index), fieldtype(T, index)
end

# Why by address: a whole struct in registers takes the compiler long where it has an array of 512 bytes.
"A field of a struct; texts as String."
function value_of(ref::Ref, name::Symbol)
    GC.@preserve ref begin
        place, kind = field_place(ref, name)
        kind <: Tuple && return unsafe_string(Ptr{UInt8}(place))
        found = unsafe_load(Ptr{kind}(place))
        return kind === Ptr{UInt8} ? text_of(found) : found
    end
end

function put!(ref::Ref, name::Symbol, value)
    GC.@preserve ref begin
        place, kind = field_place(ref, name)
        unsafe_store!(Ptr{kind}(place), convert(kind, value))
    end
    return ref
end

text_of(place::Ptr{UInt8}) = place == C_NULL ? "" : unsafe_string(place)

"A text for C: NUL inside is refused."
function c_text(text)
    given = String(text)
    0x00 in codeunits(given) && throw(ArgumentError("$(repr(given)) has a NUL in it"))
    return given
end

c_path(path) = c_text(String(path))

known(value, unknown) = value == unknown ? nothing : Int(value)

function error_of(status::Int32, record::Ref{CError})
    path = value_of(record, :path)
    source = value_of(record, :source)
    place = Place(value_of(record, :message), status, unsafe_string(forebay_status_name(status)), isempty(path) ? nothing : path,
                  known(value_of(record, :line), 0), known(value_of(record, :column), 0),
                  known(value_of(record, :byte), typemax(UInt64)),
                  source == FOREBAY_NO_SOURCE ? nothing : Int(source) + 1, known(value_of(record, :os_errno), 0))
    return get(CLASSES, Int(status), UnknownError)(place)
end

"Calls a function that returns a status: throws a failure, returns 0 or what is news."
function call(f, arguments...)
    record = blank(CError)
    status = f(arguments..., record)
    status < 0 && throw(error_of(status, record))
    return status
end

"A handle that a function makes."
function made(f, arguments...)
    out = Ref{Ptr{Cvoid}}(C_NULL)
    call(f, arguments..., out)
    return out[]
end

"Tries again once after a garbage collection when all batches are in use: some may only wait to be collected."
function with_collection(attempt)
    try
        return attempt()
    catch failure
        failure isa FullError || rethrow()
    end
    GC.gc()
    return attempt()
end
