/* The one place where routines are registered. */
#include <R_ext/Rdynload.h>
#include <R_ext/Visibility.h>

#include "calls.h"

#define CALL(name, count) \
  { #name, (DL_FUNC)&fbr_call_##name, count }

static const R_CallMethodDef kCalls[] = {CALL(open_library, 1),
                                         CALL(library_facts, 0),
                                         CALL(loader_open, 2),
                                         CALL(loader_add, 3),
                                         CALL(loader_next, 3),
                                         CALL(loader_cancel, 1),
                                         CALL(loader_close, 1),
                                         CALL(loader_paths, 1),
                                         CALL(loader_progress, 1),
                                         CALL(loader_pids, 1),
                                         CALL(loader_memory, 1),
                                         CALL(loader_source, 2),
                                         CALL(loader_rejects, 1),
                                         CALL(loader_notes, 1),
                                         CALL(array_frame, 2),
                                         CALL(array_facts, 1),
                                         CALL(empty_frame, 2),
                                         CALL(address, 1),
                                         CALL(dtype_fields, 1),
                                         CALL(sniff, 2),
                                         CALL(store_open, 2),
                                         CALL(store_commit, 1),
                                         CALL(store_commit_begin, 1),
                                         CALL(store_commit_poll, 2),
                                         CALL(store_info, 1),
                                         CALL(store_repack, 3),
                                         CALL(store_close, 2),
                                         CALL(store_refresh, 1),
                                         CALL(store_verify, 1),
                                         CALL(store_tables, 1),
                                         CALL(store_rejects, 1),
                                         CALL(store_recover, 2),
                                         CALL(table_open, 4),
                                         CALL(table_info, 1),
                                         CALL(table_append, 3),
                                         CALL(table_append_array, 2),
                                         CALL(table_append_loader, 3),
                                         CALL(table_read, 5),
                                         CALL(table_attributes, 1),
                                         CALL(table_sources, 1),
                                         CALL(table_set_attribute, 3),
                                         CALL(child_open, 0),
                                         CALL(child_config, 1),
                                         CALL(child_take, 1),
                                         CALL(child_publish, 4),
                                         CALL(child_log, 3),
                                         CALL(child_finish, 1),
                                         CALL(child_fail, 5),
                                         {NULL, NULL, 0}};

void attribute_visible R_init_forebay(DllInfo* dll) {
  R_registerRoutines(dll, NULL, kCalls, NULL, NULL);
  R_useDynamicSymbols(dll, FALSE);
  R_forceSymbols(dll, TRUE);
  fbr_altrep_init(dll);
}
