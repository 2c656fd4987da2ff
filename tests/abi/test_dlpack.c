/* dlpack.h: fields as tensors, seen as a consumer that has DLPack's own header. */
#include "forebay/dlpack.h"

#include "abi_arena.h"
#include "forebay/arena.h"

/* As dlpack/dlpack.h has them; not in Debian 11. */
struct DLTensor {
  void *data;
  int32_t device_type, device_id;
  int32_t ndim;
  uint8_t code, bits;
  uint16_t lanes;
  int64_t *shape, *strides;
  uint64_t byte_offset;
};
struct DLManagedTensor {
  struct DLTensor dl_tensor;
  void *manager_ctx;
  void (*deleter)(struct DLManagedTensor *);
};
struct DLManagedTensorVersioned {
  uint32_t major, minor;
  void *manager_ctx;
  void (*deleter)(struct DLManagedTensorVersioned *);
  uint64_t flags;
  struct DLTensor dl_tensor;
};

static forebay_arena *arena;
static forebay_error err;

static int open_arena(void **state) {
  (void)state;
  forebay_error_init(&err);
  return forebay_arena_open(1U << 20, &arena, &err) == FOREBAY_OK ? 0 : -1;
}

static int close_arena(void **state) {
  (void)state;
  forebay_arena_close(arena);
  return 0;
}

static forebay_array *lease(const char *text, uint32_t layout) {
  forebay_dtype *dtype = NULL;
  forebay_array *array = NULL;
  assert_int_equal(forebay_dtype_parse(text, &dtype, &err), FOREBAY_OK);
  assert_int_equal(layout == FOREBAY_ARRAY_COLUMNS
                       ? forebay_array_lease_columns(arena, dtype, 100, &array, &err)
                       : forebay_array_lease(arena, dtype, 100, &array, &err),
                   FOREBAY_OK);
  assert_int_equal(forebay_array_set_rows(array, 7, &err), FOREBAY_OK);
  forebay_dtype_free(dtype);
  return array;
}

static void test_example_of_the_header_gives_the_lease_back(void **state) {
  (void)state;
  forebay_array *array = lease("chr:S10,pos:i4", FOREBAY_ARRAY_COLUMNS);
  void *column = abi_column(array, 1);
  struct DLManagedTensorVersioned *tensor = NULL;
  forebay_array_export_dlpack(array, 1, &tensor, &err);
  forebay_array_release(array);  // the tensor holds a lease of its own
  // hand it over; the consumer calls tensor->deleter(tensor)
  assert_non_null(tensor);
  assert_int_equal(tensor->major, 1);
  assert_int_equal(tensor->flags, 0);
  assert_ptr_equal(tensor->dl_tensor.data, column);
  assert_int_equal(tensor->dl_tensor.device_type, 1);
  assert_int_equal(tensor->dl_tensor.ndim, 1);
  assert_int_equal(tensor->dl_tensor.shape[0], 7);
  assert_int_equal(tensor->dl_tensor.strides[0], 1);
  assert_int_equal(tensor->dl_tensor.byte_offset, 0);
  assert_int_equal(abi_blocks_lent(arena), 1);
  tensor->deleter(tensor);
  assert_int_equal(abi_blocks_lent(arena), 0);
}

static void test_types_are_those_of_dlpack(void **state) {
  (void)state;
  static const uint8_t codes[] = {0, 0, 1, 1, 2, 2, 6};
  static const uint8_t bits[] = {8, 64, 16, 32, 32, 64, 8};
  forebay_array *array = lease("a:i1,b:i8,c:u2,d:u4,e:f4,f:f8,g:?", FOREBAY_ARRAY_COLUMNS);
  for (uint32_t i = 0; i < 7; i++) {
    struct DLManagedTensor *tensor = NULL;
    assert_int_equal(forebay_array_export_dlpack_unversioned(array, i, &tensor, &err), FOREBAY_OK);
    assert_int_equal(tensor->dl_tensor.code, codes[i]);
    assert_int_equal(tensor->dl_tensor.bits, bits[i]);
    assert_int_equal(tensor->dl_tensor.lanes, 1);
    tensor->deleter(tensor);
  }
  forebay_array_release(array);
}

static void test_packed_rows_are_a_strided_view_where_that_can_be_said(void **state) {
  (void)state;
  forebay_array *array = lease("a:i4,t:f4[3,2]", FOREBAY_ARRAY_ROWS);
  struct DLManagedTensorVersioned *tensor = NULL;
  assert_int_equal(forebay_array_export_dlpack(array, 1, &tensor, &err), FOREBAY_OK);
  assert_ptr_equal(tensor->dl_tensor.data, abi_column(array, 1));
  assert_int_equal(tensor->dl_tensor.ndim, 3);
  static const int64_t shape[] = {7, 3, 2}, strides[] = {7, 2, 1};
  assert_memory_equal(tensor->dl_tensor.shape, shape, sizeof(shape));
  assert_memory_equal(tensor->dl_tensor.strides, strides, sizeof(strides));
  tensor->deleter(tensor);
  forebay_array_release(array);
}

static void test_what_dlpack_cannot_say_is_refused(void **state) {
  (void)state;
  static const char *const bad[] = {"chr:S10", "at:M8[s]", "far:>i4", "chr:S2,pos:i4"};
  static const uint32_t fields[] = {0, 0, 0, 1};
  struct DLManagedTensorVersioned *tensor = NULL;
  for (int i = 0; i < 4; i++) {
    forebay_array *array = lease(bad[i], FOREBAY_ARRAY_ROWS);
    assert_int_equal(forebay_array_export_dlpack(array, fields[i], &tensor, &err),
                     FOREBAY_E_ARGUMENT);
    assert_non_null(strstr(err.message, "cannot be a DLPack tensor"));
    assert_null(tensor);
    forebay_array_release(array);
  }
  assert_int_equal(abi_blocks_lent(arena), 0);
}

static void test_read_only_rows_are_marked_or_refused(void **state) {
  (void)state;
  int32_t descriptor = -1;
  forebay_array *array = lease("a:i4", FOREBAY_ARRAY_ROWS);
  forebay_array *shared = NULL;
  assert_int_equal(forebay_array_share(array, &descriptor, &err), FOREBAY_OK);
  assert_int_equal(forebay_array_attach(descriptor, NULL, &shared, &err), FOREBAY_OK);
  close(descriptor);
  struct DLManagedTensorVersioned *tensor = NULL;
  struct DLManagedTensor *older = NULL;
  assert_int_equal(forebay_array_export_dlpack(shared, 0, &tensor, &err), FOREBAY_OK);
  assert_int_equal(tensor->flags, 1);
  assert_int_equal(forebay_array_export_dlpack_unversioned(shared, 0, &older, &err),
                   FOREBAY_E_STATE);
  assert_null(older);
  tensor->deleter(tensor);
  forebay_array_release(shared);
  forebay_array_release(array);
}

static void test_field_that_is_not_there_is_none(void **state) {
  (void)state;
  forebay_array *array = lease("a:i4", FOREBAY_ARRAY_ROWS);
  struct DLManagedTensorVersioned *tensor = NULL;
  assert_int_equal(forebay_array_export_dlpack(array, 1, &tensor, &err), FOREBAY_NONE);
  assert_int_equal(forebay_array_export_dlpack(array, 0, NULL, &err), FOREBAY_E_ARGUMENT);
  assert_int_equal(forebay_array_export_dlpack(NULL, 0, &tensor, NULL), FOREBAY_E_ARGUMENT);
  forebay_array_release(array);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_example_of_the_header_gives_the_lease_back),
      cmocka_unit_test(test_types_are_those_of_dlpack),
      cmocka_unit_test(test_packed_rows_are_a_strided_view_where_that_can_be_said),
      cmocka_unit_test(test_what_dlpack_cannot_say_is_refused),
      cmocka_unit_test(test_read_only_rows_are_marked_or_refused),
      cmocka_unit_test(test_field_that_is_not_there_is_none),
  };
  return cmocka_run_group_tests(tests, open_arena, close_arena);
}
