#include "mail/picture_type.hpp"

#include <gtest/gtest.h>

namespace hearback::mail {
namespace {

TEST(PictureType, IsToldByHowOctetsBegin) {
  struct Case {
    std::string_view octets, type;
  } cases[] = {
      {"\x89PNG\r\n\x1a\n....", "image/png"},
      {"\xff\xd8\xff\xe0..JFIF", "image/jpeg"},
      {"GIF87a..", "image/gif"},
      {"GIF89a..", "image/gif"},
      {"RIFF\x01\x02\x03\x04WEBPVP8 ", "image/webp"},
      {"RIFF\x01\x02\x03\x04WAVEfmt ", ""},
      {"RIFF", ""},
      {"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", ""},
      {"<!doctype html>", ""},
      {"\x89PNG", ""},
      {"%PDF-1.7", ""},
      {"", ""},
  };
  for (const auto& [octets, type] : cases) EXPECT_EQ(picture_type(octets), type) << octets;
}

}  // namespace
}  // namespace hearback::mail
