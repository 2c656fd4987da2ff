/* What R calls. init.c registers it. */
#ifndef FOREBAY_R_CALLS_H
#define FOREBAY_R_CALLS_H

#include "forebay_r.h"

/* library.c */
SEXP fbr_call_open_library(SEXP path);
SEXP fbr_call_library_facts(void);
/* loader.c */
SEXP fbr_call_loader_open(SEXP dtype, SEXP options);
SEXP fbr_call_loader_add(SEXP handle, SEXP path, SEXP options);
SEXP fbr_call_loader_next(SEXP handle, SEXP seconds, SEXP is_last_try);
SEXP fbr_call_loader_cancel(SEXP handle);
SEXP fbr_call_loader_close(SEXP handle);
SEXP fbr_call_loader_paths(SEXP handle);
/* loader_facts.c */
SEXP fbr_call_loader_progress(SEXP handle);
SEXP fbr_call_loader_pids(SEXP handle);
SEXP fbr_call_loader_memory(SEXP handle);
SEXP fbr_call_loader_source(SEXP handle, SEXP index);
SEXP fbr_call_loader_rejects(SEXP handle);
SEXP fbr_call_loader_notes(SEXP handle);
/* frame.c */
SEXP fbr_call_array_frame(SEXP handle, SEXP integer64);
SEXP fbr_call_array_facts(SEXP handle);
SEXP fbr_call_empty_frame(SEXP dtype, SEXP integer64);
SEXP fbr_call_address(SEXP vector);
SEXP fbr_call_dtype_fields(SEXP dtype);
/* sniff.c */
SEXP fbr_call_sniff(SEXP path, SEXP options);
/* store.c */
SEXP fbr_call_store_open(SEXP path, SEXP options);
SEXP fbr_call_store_commit(SEXP handle);
SEXP fbr_call_store_commit_begin(SEXP handle);
SEXP fbr_call_store_commit_poll(SEXP handle, SEXP seconds);
SEXP fbr_call_store_close(SEXP handle, SEXP is_abandoned);
SEXP fbr_call_store_refresh(SEXP handle);
SEXP fbr_call_store_verify(SEXP handle);
SEXP fbr_call_store_tables(SEXP handle);
SEXP fbr_call_store_rejects(SEXP handle);
SEXP fbr_call_store_recover(SEXP path, SEXP is_accepting);
SEXP fbr_call_table_open(SEXP handle, SEXP name, SEXP dtype, SEXP options);
/* store_file.c */
SEXP fbr_call_store_info(SEXP path);
SEXP fbr_call_store_repack(SEXP path, SEXP output, SEXP is_replacing);
/* table.c */
SEXP fbr_call_table_info(SEXP table);
SEXP fbr_call_table_append(SEXP table, SEXP frame, SEXP rows);
SEXP fbr_call_table_append_array(SEXP table, SEXP array);
SEXP fbr_call_table_append_loader(SEXP table, SEXP loader, SEXP is_resuming);
SEXP fbr_call_table_read(SEXP table, SEXP first, SEXP rows, SEXP fields, SEXP integer64);
SEXP fbr_call_table_attributes(SEXP table);
SEXP fbr_call_table_sources(SEXP table);
SEXP fbr_call_table_set_attribute(SEXP table, SEXP name, SEXP value);
/* child.c */
SEXP fbr_call_child_open(void);
SEXP fbr_call_child_config(SEXP handle);
SEXP fbr_call_child_take(SEXP handle);
SEXP fbr_call_child_publish(SEXP handle, SEXP frame, SEXP rows, SEXP skip);
SEXP fbr_call_child_log(SEXP handle, SEXP level, SEXP text);
SEXP fbr_call_child_finish(SEXP handle);
SEXP fbr_call_child_fail(SEXP handle, SEXP code, SEXP line, SEXP column, SEXP text);

#endif
