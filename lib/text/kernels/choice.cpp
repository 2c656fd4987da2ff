// Which kernel runs: the best usable one, unless the environment names another.
#include <atomic>
#include <cstdlib>

#include "text/kernels/kernels.hpp"

namespace forebay::core::text {
namespace {

constexpr const char* kVariable = "FOREBAY_FORCE_KERNEL";

const Kernel* find_kernel(std::string_view name) noexcept {
  for (const Kernel& kernel : all_kernels()) {
    if (name == kernel.name) return &kernel;
  }
  return nullptr;
}

std::string_view forced_name() noexcept {
  const char* const name = std::getenv(kVariable);
  return name == nullptr ? std::string_view() : std::string_view(name);
}

const Kernel* choose() noexcept {
  const Kernel* const forced = find_kernel(forced_name());
  if (forced != nullptr && forced->is_usable()) return forced;
  for (const Kernel& kernel : all_kernels()) {
    if (kernel.is_usable()) return &kernel;
  }
  return &all_kernels().back();
}

std::atomic<const Kernel*>& chosen() noexcept {
  static std::atomic<const Kernel*> kernel{choose()};
  return kernel;
}

}  // namespace

const Kernel& active_kernel() noexcept {
  return *chosen().load(std::memory_order_relaxed);
}

bool force_kernel(std::string_view name) noexcept {
  const Kernel* const kernel = find_kernel(name);
  if (kernel == nullptr || !kernel->is_usable()) return false;
  chosen().store(kernel, std::memory_order_relaxed);
  return true;
}

Status check_forced_kernel() {
  const std::string_view name = forced_name();
  if (name.empty()) return Status::ok();
  const Kernel* const kernel = find_kernel(name);
  if (kernel != nullptr && kernel->is_usable()) return Status::ok();
  std::string message = std::string(kVariable) + ": ";
  message.append(name).append(kernel == nullptr ? " is no kernel" : " cannot run on this machine");
  message.append("; leave it unset, or name one of");
  for (const Kernel& usable : all_kernels()) {
    if (usable.is_usable()) message.append(" ").append(usable.name);
  }
  return {FOREBAY_E_ARGUMENT, message};
}

}  // namespace forebay::core::text
