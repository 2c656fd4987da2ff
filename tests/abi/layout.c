/* Prints size and field offsets of every public struct; test_abi_layout compares them with
 * layout.txt. */
#include <stddef.h>
#include <stdio.h>

#include "forebay/forebay.h"

#define STRUCT(type) printf("%s %zu\n", #type, sizeof(type))
#define FIELD(type, field) \
  printf("  %s %zu %zu\n", #field, offsetof(type, field), sizeof(((type *)0)->field))

static void print_status(void) {
  STRUCT(forebay_error);
  FIELD(forebay_error, struct_size);
  FIELD(forebay_error, code);
  FIELD(forebay_error, os_errno);
  FIELD(forebay_error, source);
  FIELD(forebay_error, line);
  FIELD(forebay_error, byte);
  FIELD(forebay_error, column);
  FIELD(forebay_error, reserved);
  FIELD(forebay_error, path);
  FIELD(forebay_error, message);
}

static void print_dtype(void) {
  STRUCT(forebay_dtype_field);
  FIELD(forebay_dtype_field, struct_size);
  FIELD(forebay_dtype_field, kind);
  FIELD(forebay_dtype_field, name);
  FIELD(forebay_dtype_field, unit);
  FIELD(forebay_dtype_field, item_bytes);
  FIELD(forebay_dtype_field, offset);
  FIELD(forebay_dtype_field, count);
  FIELD(forebay_dtype_field, big_endian);
  FIELD(forebay_dtype_field, rank);
  FIELD(forebay_dtype_field, shape);
}

static void print_array(void) {
  STRUCT(forebay_array_provenance);
  FIELD(forebay_array_provenance, struct_size);
  FIELD(forebay_array_provenance, source);
  FIELD(forebay_array_provenance, offset);
  FIELD(forebay_array_provenance, line);
  FIELD(forebay_array_provenance, rows);
  FIELD(forebay_array_provenance, rejects);
  FIELD(forebay_array_provenance, hash);
  FIELD(forebay_array_provenance, skipped);
  FIELD(forebay_array_provenance, ahead);
  STRUCT(forebay_array_view);
  FIELD(forebay_array_view, struct_size);
  FIELD(forebay_array_view, layout);
  FIELD(forebay_array_view, data);
  FIELD(forebay_array_view, rows);
  FIELD(forebay_array_view, row_bytes);
  FIELD(forebay_array_view, capacity);
  FIELD(forebay_array_view, fields);
  FIELD(forebay_array_view, source);
  FIELD(forebay_array_view, first_row);
  FIELD(forebay_array_view, read_only);
  FIELD(forebay_array_view, reserved);
  FIELD(forebay_array_view, generation);
  STRUCT(forebay_array_column);
  FIELD(forebay_array_column, struct_size);
  FIELD(forebay_array_column, reserved);
  FIELD(forebay_array_column, data);
  FIELD(forebay_array_column, stride);
  FIELD(forebay_array_column, validity);
  FIELD(forebay_array_column, heap);
}

static void print_arena(void) {
  STRUCT(forebay_arena_stats);
  FIELD(forebay_arena_stats, struct_size);
  FIELD(forebay_arena_stats, segments);
  FIELD(forebay_arena_stats, quota);
  FIELD(forebay_arena_stats, reserved);
  FIELD(forebay_arena_stats, lent);
  FIELD(forebay_arena_stats, high_water);
  FIELD(forebay_arena_stats, blocks_lent);
  FIELD(forebay_arena_stats, blocks_recycled);
  FIELD(forebay_arena_stats, bytes_copied);
}

static void print_loader(void) {
  STRUCT(forebay_loader_options);
  FIELD(forebay_loader_options, struct_size);
  FIELD(forebay_loader_options, children);
  FIELD(forebay_loader_options, memory_bytes);
  FIELD(forebay_loader_options, batch_rows);
  FIELD(forebay_loader_options, split_bytes);
  FIELD(forebay_loader_options, retries);
  FIELD(forebay_loader_options, start_timeout_ms);
  FIELD(forebay_loader_options, progress_timeout_ms);
  FIELD(forebay_loader_options, delimiter);
  FIELD(forebay_loader_options, quote);
  FIELD(forebay_loader_options, header);
  FIELD(forebay_loader_options, skip_rows);
  FIELD(forebay_loader_options, comment);
  FIELD(forebay_loader_options, columns);
  FIELD(forebay_loader_options, program);
  FIELD(forebay_loader_options, child_output);
  FIELD(forebay_loader_options, reserved);
  FIELD(forebay_loader_options, child_argv);
  FIELD(forebay_loader_options, child_config);
  FIELD(forebay_loader_options, child_config_bytes);
  FIELD(forebay_loader_options, on_error);
  FIELD(forebay_loader_options, keep_rejects);
  FIELD(forebay_loader_options, max_errors);
  FIELD(forebay_loader_options, na);
  FIELD(forebay_loader_options, fill);
  FIELD(forebay_loader_options, true_words);
  FIELD(forebay_loader_options, false_words);
  FIELD(forebay_loader_options, decimal);
  FIELD(forebay_loader_options, thousands);
  FIELD(forebay_loader_options, percent);
  FIELD(forebay_loader_options, hex);
  FIELD(forebay_loader_options, encoding);
  FIELD(forebay_loader_options, overlong);
  FIELD(forebay_loader_options, layout);
  FIELD(forebay_loader_options, reserved_layout);
  FIELD(forebay_loader_options, order);
  FIELD(forebay_loader_options, batch);
  FIELD(forebay_loader_options, total_timeout_ms);
  FIELD(forebay_loader_options, reserved2);
  STRUCT(forebay_loader_file_options);
  FIELD(forebay_loader_file_options, struct_size);
  FIELD(forebay_loader_file_options, reserved);
  FIELD(forebay_loader_file_options, max_rows);
  FIELD(forebay_loader_file_options, header_bytes);
  FIELD(forebay_loader_file_options, member);
  FIELD(forebay_loader_file_options, format);
  FIELD(forebay_loader_file_options, reserved2);
  STRUCT(forebay_loader_progress);
  FIELD(forebay_loader_progress, struct_size);
  FIELD(forebay_loader_progress, children);
  FIELD(forebay_loader_progress, bytes_done);
  FIELD(forebay_loader_progress, bytes_total);
  FIELD(forebay_loader_progress, rows_done);
  FIELD(forebay_loader_progress, sources_done);
  FIELD(forebay_loader_progress, sources_failed);
  FIELD(forebay_loader_progress, sources_total);
  FIELD(forebay_loader_progress, child_restarts);
  FIELD(forebay_loader_progress, elapsed_seconds);
  FIELD(forebay_loader_progress, bytes_per_second);
  FIELD(forebay_loader_progress, seconds_left);
  FIELD(forebay_loader_progress, fields_truncated);
  FIELD(forebay_loader_progress, rows_copied);
  STRUCT(forebay_loader_child);
  FIELD(forebay_loader_child, struct_size);
  FIELD(forebay_loader_child, pid);
  FIELD(forebay_loader_child, source);
  FIELD(forebay_loader_child, tasks);
  FIELD(forebay_loader_child, rows_done);
  FIELD(forebay_loader_child, path);
  STRUCT(forebay_loader_log);
  FIELD(forebay_loader_log, struct_size);
  FIELD(forebay_loader_log, level);
  FIELD(forebay_loader_log, source);
  FIELD(forebay_loader_log, pid);
  FIELD(forebay_loader_log, lost);
  FIELD(forebay_loader_log, text);
  STRUCT(forebay_reject);
  FIELD(forebay_reject, struct_size);
  FIELD(forebay_reject, code);
  FIELD(forebay_reject, source);
  FIELD(forebay_reject, column);
  FIELD(forebay_reject, line);
  FIELD(forebay_reject, byte);
  FIELD(forebay_reject, count);
  FIELD(forebay_reject, path);
  FIELD(forebay_reject, reason);
  FIELD(forebay_reject, text);
}

static void print_child(void) {
  STRUCT(forebay_child_task);
  FIELD(forebay_child_task, struct_size);
  FIELD(forebay_child_task, descriptor);
  FIELD(forebay_child_task, source);
  FIELD(forebay_child_task, reserved);
  FIELD(forebay_child_task, size);
  FIELD(forebay_child_task, begin);
  FIELD(forebay_child_task, line);
  FIELD(forebay_child_task, first_row);
  FIELD(forebay_child_task, row_limit);
  STRUCT(forebay_child_view);
  FIELD(forebay_child_view, struct_size);
  FIELD(forebay_child_view, reserved);
  FIELD(forebay_child_view, data);
  FIELD(forebay_child_view, capacity);
  FIELD(forebay_child_view, row_bytes);
  FIELD(forebay_child_view, layout);
  FIELD(forebay_child_view, fields);
}

static void print_store(void) {
  STRUCT(forebay_table_source);
  FIELD(forebay_table_source, struct_size);
  FIELD(forebay_table_source, state);
  FIELD(forebay_table_source, path);
  FIELD(forebay_table_source, resolved);
  FIELD(forebay_table_source, size);
  FIELD(forebay_table_source, offset);
  FIELD(forebay_table_source, line);
  FIELD(forebay_table_source, rows);
  FIELD(forebay_table_source, rejects);
  FIELD(forebay_table_source, hash);
  FIELD(forebay_table_source, skipped);
  FIELD(forebay_table_source, ahead);
  STRUCT(forebay_store_options);
  FIELD(forebay_store_options, struct_size);
  FIELD(forebay_store_options, mode);
  FIELD(forebay_store_options, names);
  FIELD(forebay_store_options, reserved);
  FIELD(forebay_store_options, durability);
  FIELD(forebay_store_options, reserved2);
  FIELD(forebay_store_options, commit_bytes);
  FIELD(forebay_store_options, commit_rows);
  FIELD(forebay_store_options, commit_milliseconds);
  STRUCT(forebay_recover_options);
  FIELD(forebay_recover_options, struct_size);
  FIELD(forebay_recover_options, accept_without_journal);
  STRUCT(forebay_recover_result);
  FIELD(forebay_recover_result, struct_size);
  FIELD(forebay_recover_result, action);
  FIELD(forebay_recover_result, commits);
  FIELD(forebay_recover_result, rows);
  STRUCT(forebay_table_options);
  FIELD(forebay_table_options, struct_size);
  FIELD(forebay_table_options, reserved);
  FIELD(forebay_table_options, chunk_rows);
  FIELD(forebay_table_options, layout);
  FIELD(forebay_table_options, reserved_layout);
  FIELD(forebay_table_options, deflate);
  FIELD(forebay_table_options, shuffle);
  FIELD(forebay_table_options, fletcher32);
  FIELD(forebay_table_options, reserved2);
  FIELD(forebay_table_options, zstd);
  FIELD(forebay_table_options, lz4);
  FIELD(forebay_table_options, blosc);
  FIELD(forebay_table_options, reserved3);
  STRUCT(forebay_table_append_result);
  FIELD(forebay_table_append_result, struct_size);
  FIELD(forebay_table_append_result, sources_failed);
  FIELD(forebay_table_append_result, rows);
  STRUCT(forebay_table_info);
  FIELD(forebay_table_info, struct_size);
  FIELD(forebay_table_info, rank);
  FIELD(forebay_table_info, rows);
  FIELD(forebay_table_info, row_bytes);
  FIELD(forebay_table_info, chunk_rows);
  FIELD(forebay_table_info, chunks);
  FIELD(forebay_table_info, stored_bytes);
  FIELD(forebay_table_info, layout);
  FIELD(forebay_table_info, reserved);
  FIELD(forebay_table_info, deflate);
  FIELD(forebay_table_info, shuffle);
  FIELD(forebay_table_info, fletcher32);
  FIELD(forebay_table_info, reserved2);
  FIELD(forebay_table_info, zstd);
  FIELD(forebay_table_info, lz4);
  FIELD(forebay_table_info, blosc);
  FIELD(forebay_table_info, reserved3);
  STRUCT(forebay_store_info);
  FIELD(forebay_store_info, struct_size);
  FIELD(forebay_store_info, journal);
  FIELD(forebay_store_info, writer);
  FIELD(forebay_store_info, has_space);
  FIELD(forebay_store_info, file_bytes);
  FIELD(forebay_store_info, journal_bytes);
  FIELD(forebay_store_info, generation);
  FIELD(forebay_store_info, commit);
  FIELD(forebay_store_info, waiting_commits);
  FIELD(forebay_store_info, waiting_bytes);
  FIELD(forebay_store_info, used_bytes);
  FIELD(forebay_store_info, left_bytes);
  STRUCT(forebay_repack_options);
  FIELD(forebay_repack_options, struct_size);
  FIELD(forebay_repack_options, replace);
  FIELD(forebay_repack_options, output);
  STRUCT(forebay_repack_result);
  FIELD(forebay_repack_result, struct_size);
  FIELD(forebay_repack_result, tables);
  FIELD(forebay_repack_result, rows);
  FIELD(forebay_repack_result, bytes_before);
  FIELD(forebay_repack_result, bytes_after);
}

static void print_sniff(void) {
  STRUCT(forebay_sniff_options);
  FIELD(forebay_sniff_options, struct_size);
  FIELD(forebay_sniff_options, reserved);
  FIELD(forebay_sniff_options, sample_bytes);
  FIELD(forebay_sniff_options, also_at);
  STRUCT(forebay_sniff_info);
  FIELD(forebay_sniff_info, struct_size);
  FIELD(forebay_sniff_info, columns);
  FIELD(forebay_sniff_info, delimiter);
  FIELD(forebay_sniff_info, quote);
  FIELD(forebay_sniff_info, header);
  FIELD(forebay_sniff_info, skip_rows);
  FIELD(forebay_sniff_info, decimal);
  FIELD(forebay_sniff_info, confidence);
  FIELD(forebay_sniff_info, rows_sampled);
  FIELD(forebay_sniff_info, bytes_sampled);
  FIELD(forebay_sniff_info, comment);
  FIELD(forebay_sniff_info, na);
}

int main(void) {
  print_status();
  print_dtype();
  print_array();
  print_arena();
  print_loader();
  print_child();
  print_store();
  print_sniff();
  return 0;
}
