# Times as they lie in the rows: a count of a unit since 1970.

"""
    Forebay.DateTime64{unit}

A time as `M8[unit]` fields hold it, a count of `unit` (`:Y :M :W :D :h :m :s :ms :us :ns`) since 1970-01-01T00:00:00; the least count is
no time at all ([`Forebay.isnat`](@ref)). `DateTime(t)` and `Date(t)` of Dates make ordinary times of it, those of finer units than
milliseconds rounded down.

```julia
using Dates
t = Forebay.DateTime64{:s}(DateTime(2026, 11, 23, 4, 5, 6))
DateTime(t) == DateTime(2026, 11, 23, 4, 5, 6) && t.value == 1795406706   # true
```
"""
struct DateTime64{U}
    value::Int64
end

"""
    Forebay.isnat(t)

Whether a [`Forebay.DateTime64`](@ref) stands for no time.

```julia
Forebay.isnat(Forebay.DateTime64{:D}(typemin(Int64)))   # true
```
"""
isnat(time::DateTime64) = time.value == typemin(Int64)

const EPOCH = Dates.DateTime(1970)
const PER_UNIT = Dict(:W => Dates.Week(1), :D => Dates.Day(1), :h => Dates.Hour(1), :m => Dates.Minute(1), :s => Dates.Second(1),
                      :ms => Dates.Millisecond(1))
const PER_MILLISECOND = Dict(:us => 1_000, :ns => 1_000_000)

function Dates.DateTime(time::DateTime64{U}) where {U}
    isnat(time) && throw(MismatchError("a missing time (NaT) is no DateTime: ask isnat() first"))
    U === :Y && return Dates.DateTime(1970 + time.value)
    U === :M && return Dates.DateTime(1970 + fld(time.value, 12), 1 + mod(time.value, 12))
    haskey(PER_UNIT, U) && return EPOCH + time.value * PER_UNIT[U]
    return EPOCH + Dates.Millisecond(fld(time.value, PER_MILLISECOND[U]))
end
Dates.Date(time::DateTime64) = Dates.Date(Dates.DateTime(time))

function DateTime64{U}(time::Dates.TimeType) where {U}
    given = Dates.DateTime(time)
    U === :Y && return DateTime64{U}(Dates.year(given) - 1970)
    U === :M && return DateTime64{U}(12 * (Dates.year(given) - 1970) + Dates.month(given) - 1)
    count = Dates.value(given - EPOCH)
    haskey(PER_UNIT, U) && return DateTime64{U}(fld(count, Dates.toms(PER_UNIT[U])))
    return DateTime64{U}(count * PER_MILLISECOND[U])
end

Base.convert(::Type{DateTime64{U}}, time::Dates.TimeType) where {U} = DateTime64{U}(time)
Base.convert(::Type{DateTime64{U}}, count::Integer) where {U} = DateTime64{U}(Int64(count))
Base.isless(a::DateTime64{U}, b::DateTime64{U}) where {U} = isless(a.value, b.value)

const DATE_UNITS = (:Y, :M, :W, :D)
const SHOWN_OF_TIME = Dict(:h => 3, :m => 6, :s => 9, :ms => 9, :us => 9, :ns => 9) # characters of "T04:05:06"
const DIGITS = Dict(:ms => 3, :us => 6, :ns => 9)

"As precise as its unit, as numpy shows it."
function Base.show(io::IO, time::DateTime64{U}) where {U}
    isnat(time) && return print(io, "NaT")
    U === :Y && return print(io, lpad(1970 + time.value, 4, '0'))
    haskey(DIGITS, U) || return print(io, shown(Dates.DateTime(time), U))
    per_second = 10^DIGITS[U]
    seconds = EPOCH + Dates.Second(fld(time.value, per_second))
    return print(io, shown(seconds, U), '.', lpad(mod(time.value, per_second), DIGITS[U], '0'))
end

function shown(time::Dates.DateTime, unit)
    date = string(Dates.Date(time))
    unit === :M && return date[1:(end - 3)]
    unit in DATE_UNITS && return date
    part(number) = lpad(number, 2, '0')
    return date * "T$(part(Dates.hour(time))):$(part(Dates.minute(time))):$(part(Dates.second(time)))"[1:SHOWN_OF_TIME[unit]]
end
