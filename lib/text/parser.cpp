// Parser::make(): which mode of the parser a dialect needs.
#include "text/kernels/kernels.hpp"
#include "text/mode_parser.hpp"

namespace forebay::core::text {
namespace {

// The fill values, and the reader of values if any step needs it: rows without rules keep the loop
// without questions.
Status apply_rules(const ValueRules& rules, Making* making) {
  FOREBAY_TRY_ASSIGN(auto reader, ValueReader::make(rules, making->dialect, *making->dtype));
  making->fills = reader->fills();
  bool is_needed = false;
  for (Step& step : making->steps) {
    reader->take(step);
    is_needed = is_needed || step.kind == StepKind::ruled;
  }
  if (is_needed) making->rules = std::move(reader);
  return Status::ok();
}

}  // namespace

Status check_value_rules(const ValueRules& rules, const Dialect& dialect, const Dtype& dtype) {
  FOREBAY_TRY_ASSIGN(const auto reader, ValueReader::make(rules, dialect, dtype));
  return Status::ok();
}

Result<std::unique_ptr<Parser>> Parser::make(const Dialect& dialect, DtypeRef dtype,
                                             const ColumnPlan& plan, const ValueRules& rules) {
  FOREBAY_TRY(dialect.check());
  FOREBAY_TRY(check_forced_kernel());
  Making making{dialect, std::move(dtype), {}, plan.exact, {}, nullptr};
  FOREBAY_TRY_ASSIGN(making.steps, make_steps(*making.dtype, plan));
  FOREBAY_TRY(apply_rules(rules, &making));
  if (making.rules) return make_ruled_parser(std::move(making));
  if (dialect.delimiter == 0) return make_in_mode<true, false>(std::move(making));
  return make_in_mode<false, false>(std::move(making));
}

}  // namespace forebay::core::text
