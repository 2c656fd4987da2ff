# Strings of a fixed size, as they lie in the rows: an isbits type, so that a column of them is a Vector without a copy.

"""
    Forebay.FixedString{N}

A string of at most `N` bytes, which is how `S<N>` fields lie in memory: padded with NUL. It is an `AbstractString`, compares with
and hashes as a `String`, and becomes one with `String(s)`.

```julia
s = Forebay.FixedString{10}("chr22")
s == "chr22" && length(s) == 5 && sizeof(typeof(s)) == 10   # true
```
"""
struct FixedString{N} <: AbstractString
    data::NTuple{N, UInt8}
end

function FixedString{N}(text::AbstractString) where {N}
    bytes = codeunits(String(text))
    length(bytes) <= N || throw(MismatchError("$(repr(text)) has $(length(bytes)) bytes, which is more than S$N holds"))
    return FixedString{N}(ntuple(i -> i <= length(bytes) ? bytes[i] : 0x00, N))
end
FixedString{N}(text::FixedString{N}) where {N} = text

Base.convert(::Type{FixedString{N}}, text::AbstractString) where {N} = FixedString{N}(text)
Base.convert(::Type{FixedString{N}}, text::FixedString{N}) where {N} = text

"Its bytes but for the NULs at the end, as in numpy."
function Base.ncodeunits(text::FixedString{N}) where {N}
    count = N
    while count > 0 && @inbounds(text.data[count]) == 0x00
        count -= 1
    end
    return count
end

Base.codeunit(::FixedString) = UInt8
function Base.codeunit(text::FixedString, place::Integer)
    @boundscheck 1 <= place <= ncodeunits(text) || throw(BoundsError(text, place))
    return @inbounds text.data[place]
end

function Base.String(text::FixedString)
    ref = Ref(text)
    return GC.@preserve ref unsafe_string(Ptr{UInt8}(Base.unsafe_convert(Ptr{Cvoid}, ref)), ncodeunits(text))
end

# Whatever is beyond ASCII goes by way of String.
is_ascii_at(text, place) = codeunit(text, place) < 0x80

function Base.isvalid(text::FixedString, place::Int)
    1 <= place <= ncodeunits(text) || return false
    return is_ascii_at(text, place) || isvalid(String(text), place)
end

function Base.iterate(text::FixedString, place::Int = 1)
    place > ncodeunits(text) && return nothing
    is_ascii_at(text, place) && return Char(codeunit(text, place)), place + 1
    return iterate(String(text), place)
end

Base.:(==)(a::FixedString{N}, b::FixedString{N}) where {N} = a.data == b.data
function Base.:(==)(a::FixedString, b::Union{String, SubString{String}})
    count = ncodeunits(a)
    count == ncodeunits(b) || return false
    for place in 1:count
        @inbounds(a.data[place]) == codeunit(b, place) || return false
    end
    return true
end
Base.:(==)(a::Union{String, SubString{String}}, b::FixedString) = b == a
Base.typemin(::Type{FixedString{N}}) where {N} = FixedString{N}("")
