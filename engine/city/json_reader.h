//! Reads JSON objects key by key and collects every problem with its path. Private to city/; loop's thread.
#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

#include "city/document.h"
#include "city/format.h"

namespace cm::city {

using Json = nlohmann::ordered_json;

//! "text \"abc\"", "a list of 3", "nothing": what a person would call it.
std::string describe(const Json* value);

//! One object of the document. Construction reports unknown keys; each reader reports what is missing or wrong and leaves
//! the target at its default. `value` and `problems` must outlive it.
class ObjectReader {
 public:
  ObjectReader(std::vector<Problem>& problems, const Json& value, std::string path, format::Names known);

  const std::string& path() const { return path_; }
  std::string pathOf(std::string_view key) const;
  //! Null where the key is absent or its value is null.
  const Json* find(std::string_view key) const;
  void report(std::string_view key, std::string message) const;

  //! Each returns true where a good value was found. `required` reports absence.
  bool read(std::string_view key, std::string& target, bool required = false) const;
  bool read(std::string_view key, Text& target, bool required = false) const;
  bool read(std::string_view key, double& target, double least, double most, bool required = false) const;
  bool read(std::string_view key, bool& target) const;
  bool read(std::string_view key, Date& target, bool required = false) const;
  bool read(std::string_view key, CameraPose& target, bool required = false) const;
  bool readColour(std::string_view key, glm::vec3& target) const;
  void read(std::string_view key, std::vector<Polygon>& target) const;
  void read(std::string_view key, std::vector<std::string>& target) const;
  template <class Enum>
  bool readEnum(std::string_view key, Enum& target, format::Names words, bool required = false) const {
    size_t index = 0;
    if (!readWord(key, index, words, required)) return false;
    target = static_cast<Enum>(index);
    return true;
  }
  //! Calls `element(ObjectReader)` for each object of the list under `key`.
  template <class F>
  void each(std::string_view key, format::Names known, F element) const {
    const Json* list = findList(key);
    if (!list) return;
    for (size_t i = 0; i < list->size(); ++i) {
      std::string where = pathOf(key) + "[" + std::to_string(i) + "]";
      if ((*list)[i].is_object())
        element(ObjectReader(*problems_, (*list)[i], where, known));
      else
        problems_->push_back({where, "found " + describe(&(*list)[i]) + ", expected an object"});
    }
  }

 private:
  const Json* findList(std::string_view key) const;
  bool readWord(std::string_view key, size_t& index, format::Names words, bool required) const;
  bool missing(std::string_view key, bool required, std::string_view expected) const;
  void readRing(const Json& ring, const std::string& where, Polygon& polygon) const;

  std::vector<Problem>* problems_;
  const Json* value_;
  std::string path_;
  format::Names known_;
};

}  // namespace cm::city
