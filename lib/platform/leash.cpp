// What the child side needs of the system: its own path, a clean set of descriptors, and the leash
// that ends it with its parent.
#include <dirent.h>
#include <limits.h>
#include <link.h>
#include <poll.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <memory>

#include "platform/blocked_signals.hpp"
#include "platform/open_descriptors.hpp"
#include "platform/process.hpp"

#ifndef SYS_close_range
#define SYS_close_range 436
#endif

namespace forebay::core {
namespace {

constexpr std::size_t kLeashStackBytes = 64U << 10U;

// Searched for: the loaded object with this address. `name` is empty for the main program.
struct ObjectSearch {
  ElfW(Addr) address;
  const char* name;
};

int visit_object(dl_phdr_info* object, std::size_t, void* user) {
  auto* search = static_cast<ObjectSearch*>(user);
  for (int i = 0; i < object->dlpi_phnum; ++i) {
    const ElfW(Phdr)& part = object->dlpi_phdr[i];
    const ElfW(Addr) start = object->dlpi_addr + part.p_vaddr;
    if (part.p_type != PT_LOAD || search->address < start ||
        search->address - start >= part.p_memsz) {
      continue;
    }
    search->name = object->dlpi_name != nullptr ? object->dlpi_name : "";
    return 1;
  }
  return 0;
}

// `packed` is socket * 256 + exit code: there is nothing to free.
void* hold_leash(void* packed) {
  const auto word = reinterpret_cast<std::uintptr_t>(packed);
  pollfd entry{static_cast<int>(word >> 8U), POLLRDHUP, 0};
  for (;;) {
    const int rc = ::poll(&entry, 1, -1);
    if (rc < 0 && errno == EINTR) continue;
    // Also on any failure: a child that nobody watches must not live on.
    ::_exit(static_cast<int>(word & 0xFFU));
  }
}

int start_thread(void* argument, std::size_t stack_bytes) noexcept {
  pthread_attr_t attributes;
  int rc = pthread_attr_init(&attributes);
  if (rc != 0) return rc;
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  if (stack_bytes != 0) rc = pthread_attr_setstacksize(&attributes, stack_bytes);
  pthread_t thread{};
  if (rc == 0) rc = pthread_create(&thread, &attributes, hold_leash, argument);
  pthread_attr_destroy(&attributes);
  return rc;
}

}  // namespace

std::vector<int> open_descriptors_from(int lowest) {
  std::vector<int> numbers;
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir("/proc/self/fd"), ::closedir);
  if (!folder) return numbers;
  while (const dirent* entry = ::readdir(folder.get())) {
    char* end = nullptr;
    const long number = std::strtol(entry->d_name, &end, 10);
    if (end == entry->d_name || *end != '\0' || number < lowest || number > INT_MAX) continue;
    if (number != ::dirfd(folder.get())) numbers.push_back(static_cast<int>(number));
  }
  return numbers;
}

std::string object_path(const void* address) {
  ObjectSearch search{reinterpret_cast<ElfW(Addr)>(address), nullptr};
  if (::dl_iterate_phdr(visit_object, &search) == 0 || search.name == nullptr) return {};
  const char* name = search.name[0] != '\0' ? search.name : "/proc/self/exe";
  const std::unique_ptr<char, void (*)(void*)> path(::realpath(name, nullptr), std::free);
  return path ? std::string(path.get()) : std::string();
}

void close_descriptors_from(int lowest) noexcept {
  if (::syscall(SYS_close_range, static_cast<unsigned>(lowest), ~0U, 0U) == 0) return;
  try {
    for (const int number : open_descriptors_from(lowest)) ::close(number);
  } catch (const std::exception&) {  // no memory for the list: they stay open, which harms nobody
  }
}

Status start_leash(int socket, int exit_code) {
  const std::uintptr_t word =
      static_cast<std::uintptr_t>(socket) << 8U | static_cast<std::uintptr_t>(exit_code & 0xFF);
  void* argument = reinterpret_cast<void*>(word);
  const BlockedSignals blocked;
  int rc = start_thread(argument, kLeashStackBytes);
  // Thread-local storage of the program can be larger than the small stack.
  if (rc == EINVAL) rc = start_thread(argument, 0);
  if (rc != 0) return errno_status("start the leash thread", {}, rc);
  return Status::ok();
}

}  // namespace forebay::core
