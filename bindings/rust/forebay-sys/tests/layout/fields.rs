// Made from include/forebay/*.h by generate.py; do not edit.

fields! {
    forebay_error { struct_size code os_errno source line byte column reserved path message }
    forebay_dtype_field { struct_size kind name unit item_bytes offset count big_endian rank shape }
    forebay_array_view { struct_size layout data rows row_bytes capacity fields source first_row read_only reserved generation }
    forebay_array_column { struct_size reserved data stride validity heap }
    forebay_array_provenance { struct_size source offset line rows rejects hash skipped ahead }
    forebay_arena_stats { struct_size segments quota reserved lent high_water blocks_lent blocks_recycled bytes_copied }
    forebay_loader_options { struct_size children memory_bytes batch_rows split_bytes retries start_timeout_ms progress_timeout_ms delimiter quote header skip_rows comment columns program child_output reserved child_argv child_config child_config_bytes on_error keep_rejects max_errors na fill true_words false_words decimal thousands percent hex encoding overlong layout reserved_layout order batch total_timeout_ms reserved2 }
    forebay_loader_file_options { struct_size reserved max_rows header_bytes member format reserved2 }
    forebay_loader_progress { struct_size children bytes_done bytes_total rows_done sources_done sources_failed sources_total child_restarts elapsed_seconds bytes_per_second seconds_left fields_truncated rows_copied }
    forebay_loader_child { struct_size pid source tasks rows_done path }
    forebay_reject { struct_size code source column line byte count path reason text }
    forebay_loader_log { struct_size level source pid lost text }
    forebay_child_task { struct_size descriptor source reserved size begin line first_row row_limit }
    forebay_child_view { struct_size reserved data capacity row_bytes layout fields }
    forebay_store_options { struct_size mode names reserved durability reserved2 commit_bytes commit_rows commit_milliseconds }
    forebay_recover_options { struct_size accept_without_journal }
    forebay_recover_result { struct_size action commits rows }
    forebay_table_options { struct_size reserved chunk_rows layout reserved_layout deflate shuffle fletcher32 reserved2 zstd lz4 blosc reserved3 }
    forebay_table_append_result { struct_size sources_failed rows }
    forebay_table_source { struct_size state path resolved size offset line rows rejects hash skipped ahead }
    forebay_table_info { struct_size rank rows row_bytes chunk_rows chunks stored_bytes layout reserved deflate shuffle fletcher32 reserved2 zstd lz4 blosc reserved3 }
    forebay_store_info { struct_size journal writer has_space file_bytes journal_bytes generation commit waiting_commits waiting_bytes used_bytes left_bytes }
    forebay_repack_options { struct_size replace output }
    forebay_repack_result { struct_size tables rows bytes_before bytes_after }
    forebay_sniff_options { struct_size reserved sample_bytes also_at }
    forebay_sniff_info { struct_size columns delimiter quote header skip_rows decimal confidence rows_sampled bytes_sampled comment na }
    ArrowSchema { format name metadata flags n_children children dictionary release private_data }
    ArrowArray { length null_count offset n_buffers n_children buffers children dictionary release private_data }
    ArrowArrayStream { get_schema get_next get_last_error release private_data }
}
