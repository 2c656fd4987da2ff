// From a column plan to steps.
#include "text/steps.hpp"

#include <bit>

namespace forebay::core::text {
namespace {

StepKind kind_by_size(std::uint64_t bytes, StepKind one) {
  const int step = bytes == 1 ? 0 : bytes == 2 ? 1 : bytes == 4 ? 2 : 3;
  return static_cast<StepKind>(static_cast<int>(one) + step);
}

StepKind kind_of(const Field& field) {
  switch (field.kind) {
    case Kind::integer:
      return kind_by_size(field.item_bytes, StepKind::i1);
    case Kind::unsigned_integer:
      return kind_by_size(field.item_bytes, StepKind::u1);
    case Kind::real:
      return field.item_bytes == 4 ? StepKind::f4 : StepKind::f8;
    case Kind::boolean:
      return StepKind::boolean;
    case Kind::datetime:
      return StepKind::time;
    case Kind::bytes:
      break;
  }
  return StepKind::bytes;
}

}  // namespace

Result<Step> step_of_field(const Field& field, std::size_t index) {
  Step step;
  step.kind = step.type = kind_of(field);
  step.swap = field.big_endian != (std::endian::native == std::endian::big) &&
              field.item_bytes > 1 && field.kind != Kind::bytes;
  step.width = field.item_bytes;
  step.field = index;
  if (step.kind == StepKind::time && !time_unit_of(field.unit, &step.unit)) {
    return internal_status("unknown unit of time: " + field.unit);
  }
  return step;
}

namespace {

// Finds the field of a scalar; plans mostly ask for neighbours, so it starts from the field found
// last.
class FieldFinder {
 public:
  explicit FieldFinder(const Dtype& dtype) : fields_(dtype.fields()) {}

  std::size_t find(std::uint64_t scalar) {
    if (scalar < first_) index_ = first_ = 0;
    while (scalar - first_ >= fields_[index_].count) first_ += fields_[index_++].count;
    return index_;
  }
  [[nodiscard]] std::uint64_t first_scalar() const { return first_; }

 private:
  const std::vector<Field>& fields_;
  std::size_t index_ = 0;
  std::uint64_t first_ = 0;
};

Status check_plan(const Dtype& dtype, const ColumnPlan& plan) {
  std::vector<bool> seen(dtype.scalars());
  std::uint64_t planned = 0;
  for (const std::int64_t scalar : plan.scalar_of_column) {
    if (scalar == ColumnPlan::kSkip) continue;
    const auto index = static_cast<std::uint64_t>(scalar);
    if (index >= seen.size() || seen[index]) return internal_status("a column plan is not one");
    seen[index] = true;
    ++planned;
  }
  if (planned == seen.size()) return Status::ok();
  return internal_status("a column plan leaves values of the dtype without a column");
}

}  // namespace

Result<std::vector<Step>> make_steps(const Dtype& dtype, const ColumnPlan& plan) {
  FOREBAY_TRY(check_plan(dtype, plan));
  std::vector<Step> steps;
  FieldFinder finder(dtype);
  std::int64_t previous = ColumnPlan::kSkip - 1;
  for (const std::int64_t scalar : plan.scalar_of_column) {
    const bool skip = scalar == ColumnPlan::kSkip;
    const std::size_t index = skip ? 0 : finder.find(static_cast<std::uint64_t>(scalar));
    const bool goes_on =
        skip ? previous == scalar
             : previous >= 0 && scalar == previous + 1 && steps.back().field == index;
    previous = scalar;
    if (goes_on) {
      ++steps.back().columns;
    } else if (skip) {
      steps.emplace_back();
    } else {
      FOREBAY_TRY_ASSIGN(Step step, step_of_field(dtype.fields()[index], index));
      step.offset = (static_cast<std::uint64_t>(scalar) - finder.first_scalar()) * step.width;
      steps.push_back(step);
    }
  }
  // Columns after the last chosen one are not read at all.
  if (!plan.exact && !steps.empty() && steps.back().kind == StepKind::skip) steps.pop_back();
  return steps;
}

}  // namespace forebay::core::text
