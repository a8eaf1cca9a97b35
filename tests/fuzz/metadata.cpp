//! Whatever the bytes are, a batch table (before the first NUL its JSON, behind it its binary part) and a property table read from
//! them end with columns of the right length.
#include <algorithm>

#include "source/metadata.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace cm;
  const auto bytes = std::as_bytes(std::span(data, size));
  const size_t end = static_cast<size_t>(std::find(bytes.begin(), bytes.end(), std::byte{0}) - bytes.begin());
  const auto json = bytes.first(end), binary = bytes.subspan(std::min(end + 1, size));
  const auto check = [](const source::PropertyTable& table) {
    for (const source::Column& column : table.columns) {
      if (std::visit([](const auto& values) { return values.size(); }, column.values) != table.count) __builtin_trap();
      for (size_t row = 0; row <= table.count; ++row) (void)source::textAt(column, row);
    }
  };
  std::vector<std::string> warnings;
  check(source::readBatchTable(json, binary, 10, warnings));
  auto document = source::JsonDocument::parse(json);
  if (!document) return 0;
  const auto view = [&](size_t index) -> Result<std::span<const std::byte>> {
    if (index > binary.size()) return makeError("no view {}", index);
    return binary.subspan(index);
  };
  for (const source::Json& table : document->root()["propertyTables"].items())
    check(source::readPropertyTable(table, document->root()["schema"], view, size * 8, 0, warnings));
  return 0;
}
