// consumer FILE.txt FILE.h5: the same as consumer.c through forebay.hpp.
#include <cstdint>
#include <cstdio>
#include <forebay/forebay.hpp>
#include <vector>

#pragma pack(push, 1)
struct Row {
  char chr[10];
  std::int32_t pos;
};
#pragma pack(pop)

int main(int argc, char **argv) {
#ifdef OWN_CHILD
  const int role = forebay_child_main(argc, argv);
  if (role != FOREBAY_CHILD_NOT_ASKED) return role;
#endif
  if (argc != 3) return 2;
  try {
    const forebay::Dtype dtype("chr:S10,pos:i4");
    forebay::Loader loader(dtype);
    loader.add_file(argv[1]);
    forebay::Store store(argv[2]);
    forebay::Table table = store.table("data", dtype);
    while (const auto array = loader.next()) table.append(*array);
    store.commit();
    std::vector<Row> rows(table.rows());
    table.read(0, rows.size(), rows.data());
    std::int64_t sum = 0;
    for (const Row &row : rows) sum += row.pos;
    std::printf("%llu rows, sum %lld, forebay %s\n", static_cast<unsigned long long>(rows.size()),
                static_cast<long long>(sum), forebay_version());
    store.close();
  } catch (const forebay::Error &error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return 0;
}
