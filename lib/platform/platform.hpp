// Front header of platform: the one folder that knows the operating system. What is Linux-only
// stays in here.
#pragma once

#include "platform/descriptor.hpp"
#include "platform/memory.hpp"
#include "platform/process.hpp"
#include "platform/process_identity.hpp"
#include "platform/side_by_side.hpp"
#include "platform/socket.hpp"
#include "platform/storage.hpp"
#include "platform/write_behind.hpp"
