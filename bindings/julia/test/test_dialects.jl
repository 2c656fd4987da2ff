# The table of dialects (tests/conformance/dialects.jsonl): the same rows and the same errors as in C. No case is passed over.

include("json.jl")

const STATUSES = Dict("FOREBAY_E_FORMAT" => -40, "FOREBAY_E_VALUE" => -42, "FOREBAY_E_COLUMNS" => -43)

bits_of(text::Forebay.FixedString) = bytes2hex(codeunits(String(text)))
bits_of(time::Forebay.DateTime64) = bits_of(time.value)
bits_of(number) = bytes2hex(reverse(reinterpret(UInt8, [number])))

same(got::AbstractArray, wanted::Vector) = length(got) == length(wanted) && all(same(g, w) for (g, w) in zip(got, wanted))
same(got, wanted::Dict) = uppercase(bits_of(got)) == uppercase(wanted["bits"])
same(got::Forebay.DateTime64, wanted::String) = string(got) == wanted
same(got::Forebay.FixedString, wanted::String) = String(got) == wanted
same(got::Bool, wanted::Bool) = got == wanted
same(got::AbstractFloat, wanted::String) = isequal(got, typeof(got)(parse(Float64, wanted)))
same(got::AbstractFloat, wanted::Real) = isequal(got, typeof(got)(Float64(wanted)))
same(got::Integer, wanted::Real) = !(got isa Bool) && !(wanted isa Bool) && got == wanted
same(got, wanted) = false

input_of(case) = haskey(case, "bytes") ? UInt8[UInt8(sign) for sign in case["bytes"]] : Vector{UInt8}(codeunits(case["input"]))
options_of(case) = Dict{Symbol, Any}(Symbol(name) => value isa Int128 ? Int(value) : value for (name, value) in get(case, "options", Dict{String, Any}()))

"Cells, row by row."
function cells(batches)
    out = Vector{Any}[]
    for batch in batches, row in Forebay.rows(batch)
        push!(out, Any[value for value in values(row)])
    end
    return out
end

"All batches, and the failure that there was."
function outcome(loader)
    batches, failure = Forebay.Batch[], nothing
    while true
        batch = try
            Forebay.next!(loader)
        catch found
            found isa Forebay.Error || rethrow()
            failure = found
            continue
        end
        batch === nothing && return batches, failure
        push!(batches, batch)
    end
end

function fault_of_failure(wanted, failure)
    wanted === nothing && return failure === nothing ? nothing : "fails: $(failure.message)"
    failure === nothing && return "does not fail"
    got = Dict("status" => failure.name, "line" => something(failure.line, 0), "column" => something(failure.column, 0),
               "byte" => something(failure.byte, -1))
    for (key, value) in wanted
        key == "says" ? occursin(value, failure.message) || (return "says $(failure.message)") :
        got[key] == value || return "$key is $(got[key]), not $value: $(failure.message)"
    end
    return nothing
end

"What is wrong with the outcome; nothing when it is right."
function fault_of(case, path, number)
    write(path, input_of(case))
    way = isodd(number) ? (children = 1,) : (children = 2, split_bytes = 5)
    options = merge(Dict{Symbol, Any}(:batch_rows => 3, :layout => number % 4 < 2 ? :columns : :rows), options_of(case))
    loader = Forebay.load(path, case["dtype"]; options..., way...)
    batches, failure = outcome(loader)
    got, known = cells(batches), Forebay.source_facts(loader, 1)
    same(got, case["rows"]) || return "rows $got, not $(case["rows"])"
    known.truncated == get(case, "truncated", 0) || return "$(known.truncated) strings cut"
    known.skipped == get(case, "skipped", 0) || return "$(known.skipped) rows passed over"
    rejects = [[reject.code, reject.line, reject.column, reject.byte] for reject in Forebay.rejects(loader)]
    rejects == [[STATUSES[reject[1]]; Int.(reject[2:4])] for reject in get(case, "rejects", [])] || return "rejects $rejects"
    close(loader)
    return fault_of_failure(get(case, "error", nothing), failure)
end

function fault_of_refused(case)
    failure = failure_of(() -> Forebay.load("x", case["dtype"]; options_of(case)...))
    return failure isa Forebay.ArgumentError && occursin(case["refused"], failure.message) ? nothing : "says $failure"
end

@testset "every case gives its rows or its error" begin
    in_folder() do
        cases = filter(case -> haskey(case, "name"), map(parse_json, eachline(joinpath(ROOT, "tests", "conformance", "dialects.jsonl"))))
        @test length(cases) >= 150
        for (number, case) in enumerate(cases)
            fault = haskey(case, "refused") ? fault_of_refused(case) : fault_of(case, "input.txt", number)
            fault === nothing || println(case["name"], ": ", fault)
            @test fault === nothing
        end
        println("$(length(cases)) cases of the conformance table, none passed over")
    end
end
