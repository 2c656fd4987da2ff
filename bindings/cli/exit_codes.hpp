// The exit codes of the command, as docs/forebay.1 promises them, and which status leads to which.
#pragma once

#include <forebay/forebay.h>

namespace forebay::cli {

enum ExitCode : int {
  kExitOk = 0,
  kExitUsage = 1,      // wrong options; nothing was done
  kExitInput = 2,      // an input failed; what could be read of all inputs is stored
  kExitOutput = 3,     // the output failed: exists, not ours, disk full, ...
  kExitResources = 4,  // memory or child processes failed
  kExitDamaged = 5,    // a file is damaged or not HDF5 (info, head, verify)
  kExitSignal = 128,   // plus the number of the signal: 130 after Ctrl-C
};

// What the command was doing when a call failed: the same status means different things.
enum class Duty { options, loading, writing, reading };

ExitCode exit_code_of(forebay_status status, Duty duty);

}  // namespace forebay::cli
