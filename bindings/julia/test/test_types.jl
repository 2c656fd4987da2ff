# Strings, times, dtypes: what a value in a row is in Julia.

using Forebay: DateTime64, FixedString, dtype, fields_of, fault_of_layout, isnat, make_dtype

@testset "a fixed string is a string" begin
    text = FixedString{10}("chr22")
    @test text == "chr22" && "chr22" == text && text == SubString("xchr22", 2)
    @test text != "chr2" && text != "chr222" && text < "chr23"
    @test hash(text) == hash("chr22") && Dict("chr22" => 1)[text] == 1
    @test String(text) == "chr22" && string(text, "x") == "chr22x"
    @test length(text) == 5 && collect(text) == ['c', 'h', 'r', '2', '2']
    @test startswith(text, "chr") && text[4:5] == "22" && parse(Int, text[4:5]) == 22
    @test sizeof(FixedString{10}) == 10 && isbitstype(FixedString{10})
    @test repr(text) == "\"chr22\"" && uppercase(text) == "CHR22"
    @test isempty(FixedString{3}("")) && FixedString{3}("abc") == "abc"
    @test_throws Forebay.MismatchError FixedString{3}("abcd")
end

@testset "a fixed string holds any bytes" begin
    text = FixedString{8}("é日x")
    @test text == "é日x" && collect(text) == ['é', '日', 'x'] && length(text) == 3
    @test isvalid(text, 1) && !isvalid(text, 2) && text[3] == '日'
    inner = FixedString{4}("a\0b")
    @test ncodeunits(inner) == 3 && String(inner) == "a\0b"
    broken = FixedString{2}((0xff, 0x00))
    @test codeunits(String(broken)) == [0xff]
end

@testset "times" begin
    @test DateTime(DateTime64{:D}(1)) == DateTime(1970, 1, 2) && Date(DateTime64{:D}(-1)) == Date(1969, 12, 31)
    @test DateTime(DateTime64{:Y}(56)) == DateTime(2026) && DateTime(DateTime64{:M}(-1)) == DateTime(1969, 12)
    @test DateTime(DateTime64{:ns}(1_234_567_890)) == DateTime(1970, 1, 1, 0, 0, 1, 234)
    @test string(DateTime64{:ns}(1_234_567_890)) == "1970-01-01T00:00:01.234567890"
    @test string(DateTime64{:us}(-1)) == "1969-12-31T23:59:59.999999"
    for unit in (:Y, :M, :D, :h, :m, :s, :ms, :us, :ns)
        given = DateTime(2026, 1, 1)
        @test DateTime(DateTime64{unit}(given)) == given
    end
    @test DateTime(DateTime64{:W}(Date(1970, 1, 9))) == DateTime(1970, 1, 8)
    missing_ = DateTime64{:s}(typemin(Int64))
    @test isnat(missing_) && string(missing_) == "NaT" && missing_ < DateTime64{:s}(0)
    @test_throws Forebay.MismatchError DateTime(missing_)
end

struct Site
    pos::Int32
    pct::Float32
end
struct Padded
    chr::FixedString{10}
    pos::Int32
end
struct Tuples
    name::NTuple{4, UInt8}
    values::NTuple{6, Float32}
end

@testset "dtypes of Julia's types" begin
    @test dtype(Site) == "pos:i4,pct:f4"
    @test dtype(Tuples) == "name:S4,values:f4[6]"
    @test dtype(Float64) == "f8" && dtype(Bool) == "?" && dtype(DateTime64{:ms}) == "M8[ms]"
    @test dtype(NamedTuple{(:a, :b), Tuple{Int8, UInt64}}) == "a:i1,b:u8"
    @test_throws Forebay.DtypeError dtype(String)
    @test_throws Forebay.DtypeError dtype(Complex{Float64})
    text(like) = (own = make_dtype(like); GC.@preserve own Forebay.dtype_text(own.handle))
    @test text((chr = "S10", pos = Int32)) == "chr:S10,pos:i4"
    @test text(["a" => Float64]) == "a:f8"
    failure = failure_of(() -> make_dtype("a:q4"))
    @test failure isa Forebay.DtypeError && failure.column == 3
end

@testset "a struct is compared with the rows, field by field" begin
    fault(T, text) = (own = make_dtype(text); GC.@preserve own fault_of_layout(T, fields_of(own.handle)))
    @test fault(Site, "pos:i4,pct:f4") === nothing
    @test fault(Tuples, "name:S4,values:f4[2,3]") === nothing
    @test occursin("pos is at byte 12, in the packed rows at byte 10", fault(Padded, "chr:S10,pos:i4"))
    @test occursin("has 2 fields, the rows have 3", fault(Site, "pos:i4,pct:f4,c:i4"))
    @test occursin("field 2 is pct, in the rows it is pcts", fault(Site, "pos:i4,pcts:f4"))
    @test occursin("pct is Float32, in the rows it is Float64", fault(Site, "pos:i4,pct:f8"))
    @test occursin("other byte order", fault(Site, "pos:i4,pct:>f4"))
    @test fault(Int32, "i4") === nothing
    @test fault(Int32, "u4") !== nothing
end
