#include "exit_codes.hpp"

namespace forebay::cli {
namespace {

bool is_resource(forebay_status status) {
  switch (status) {
    case FOREBAY_E_MEMORY:
    case FOREBAY_E_FULL:
    case FOREBAY_E_LIMIT:
    case FOREBAY_E_CHILD:
    case FOREBAY_E_TIMEOUT:
    case FOREBAY_E_PROTOCOL:
    case FOREBAY_E_SPAWN:
    case FOREBAY_E_INTERNAL:
      return true;
    default:
      return false;
  }
}

}  // namespace

ExitCode exit_code_of(forebay_status status, Duty duty) {
  if (status >= 0) return kExitOk;
  if (is_resource(status)) return kExitResources;
  switch (duty) {
    case Duty::options:
      // Why: the one file that options can lack is the program of the children.
      return status == FOREBAY_E_NOT_FOUND ? kExitResources : kExitUsage;
    case Duty::loading:
      return kExitInput;
    case Duty::writing:
      return kExitOutput;
    case Duty::reading:
      return status == FOREBAY_E_FORMAT || status == FOREBAY_E_JOURNAL ? kExitDamaged : kExitInput;
  }
  return kExitResources;
}

}  // namespace forebay::cli
