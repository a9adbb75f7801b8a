#include "api/http/pages.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "fakes/api_stand.hpp"

namespace hearback::api {
namespace {

namespace fs = std::filesystem;
using fakes::ApiStand;
namespace json = boost::json;

class Pages : public ::testing::Test {
 protected:
  Pages() {
    std::string name = (fs::temp_directory_path() / "hearback-pages-XXXXXX").string();
    root = ::mkdtemp(name.data());
    write("secret.txt", "outside");
    write("pages/index.html", "<!doctype html>the page");
    write("pages/assets/app-1a2b.js", "script");
    write("pages/assets/app-1a2b.js.gz", "packed");
    write("pages/favicon.svg", "<svg/>");
    write("pages/.hidden", "hidden");
    fs::create_symlink(root / "secret.txt", root / "pages/link.txt");
    stand.pages = (root / "pages").string();
    stand.open_api();
  }
  ~Pages() override { fs::remove_all(root); }

  void write(const char* name, const char* text) {
    fs::create_directories((root / name).parent_path());
    std::ofstream(root / name) << text;
  }
  fakes::Answer get(std::string path, fakes::Headers headers = {}) {
    auto request = ApiStand::request_for("GET", std::move(path));
    for (auto& header : headers) request.headers.push_back(header);
    return stand.send(std::move(request));
  }

  fs::path root;
  ApiStand stand;
};

TEST_F(Pages, FilesAndThePageItself) {
  auto script = get("/assets/app-1a2b.js");
  EXPECT_EQ(script.text, "script");
  EXPECT_EQ(script.header("Content-Type"), "text/javascript; charset=utf-8");
  EXPECT_EQ(script.header("Cache-Control"), "public, max-age=31536000, immutable");
  for (const char* path : {"/", "/index.html", "/threads/0192-x", "/settings/my account"}) {
    auto page = get(path);
    EXPECT_EQ(page.text, "<!doctype html>the page") << path;
    EXPECT_EQ(page.header("Content-Type"), "text/html; charset=utf-8") << path;
    EXPECT_EQ(page.header("Cache-Control"), "no-cache") << path;
    const auto policy = page.header("Content-Security-Policy");
    EXPECT_NE(policy.find("script-src 'self';"), std::string::npos);
    EXPECT_NE(
        policy.find(
            "require-trusted-types-for 'script'; trusted-types hearback ProseMirrorClipboard"),
        std::string::npos);
  }
  EXPECT_EQ(get("/favicon.svg").text, "<svg/>");
  EXPECT_EQ(get("/assets/app-other.js").status, 404);
  EXPECT_EQ(get("/assets/other").status, 404);
  EXPECT_EQ(get("/nothing.js").status, 404);
}

// What a file says is read where nothing can be reached: neither this server, nor anybody
// else.
TEST_F(Pages, THREAT1_TheFrameOfFilesHasAnOriginOfItsOwn) {
  write("pages/reader/reader.html", "<!doctype html>the reader");
  write("pages/reader/reader.js", "reads");
  for (const char* path : {"/reader/reader.html", "/reader/reader.js", "/reader/none.js"}) {
    const auto answer = get(path);
    const auto policy = answer.header("Content-Security-Policy");
    EXPECT_TRUE(policy.starts_with("default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; "))
        << path;
    EXPECT_NE(policy.find("; sandbox allow-scripts;"), std::string::npos) << path;
    EXPECT_NE(policy.find("frame-ancestors 'self'"), std::string::npos) << path;
    EXPECT_EQ(policy.find(" 'unsafe-eval'"), std::string::npos) << path;
    EXPECT_EQ(policy.find("connect-src"), std::string::npos) << path;
    EXPECT_EQ(policy.find("allow-same-origin"), std::string::npos) << path;
    EXPECT_EQ(answer.header("Cross-Origin-Resource-Policy"), "cross-origin") << path;
    EXPECT_EQ(answer.header("Cache-Control").find("max-age"), std::string::npos) << path;
  }
  EXPECT_EQ(get("/reader/none").status, 404);
  EXPECT_EQ(get("/assets/app-1a2b.js").header("Cross-Origin-Resource-Policy"), "same-origin");
}

TEST_F(Pages, PackedFilesForThoseWhoTakeThem) {
  write("pages/assets/app-1a2b.js.br", "brotli");
  write("pages/assets/only.css", "plain");
  write("pages/assets/only.css.br", "styled");
  write("pages/index.html.gz", "packed page");
  struct Case {
    const char *path, *accepted, *body, *coding;
  };
  constexpr const char *kScript = "/assets/app-1a2b.js", *kStyle = "/assets/only.css";
  for (const auto& c :
       std::initializer_list<Case>{{kScript, "gzip, deflate, br, zstd", "brotli", "br"},
                                   {kScript, "BR;q=0.1, gzip", "brotli", "br"},
                                   {kScript, "gzip", "packed", "gzip"},
                                   {kScript, "br;q=0, gzip;q=0.5", "packed", "gzip"},
                                   {kScript, "br; q=0.000, gzip;q=0", "script", ""},
                                   {kScript, "*", "brotli", "br"},
                                   {kScript, "*;q=0", "script", ""},
                                   {kScript, "br;q=0, *", "packed", "gzip"},
                                   {kScript, "", "script", ""},
                                   {kScript, "brotli, gzipped", "script", ""},
                                   {kStyle, "gzip", "plain", ""},
                                   {kStyle, "gzip, br", "styled", "br"},
                                   {"/candidates/7", "gzip, br", "packed page", "gzip"},
                                   {"/favicon.svg", "gzip, br", "<svg/>", ""}}) {
    auto answer = get(c.path, {{"accept-encoding", c.accepted}});
    EXPECT_EQ(answer.text, c.body) << c.path << " " << c.accepted;
    EXPECT_EQ(answer.header("Content-Encoding"), c.coding) << c.path << " " << c.accepted;
    EXPECT_EQ(answer.header("Vary"), "Accept-Encoding");
  }
  EXPECT_EQ(get(kScript, {{"accept-encoding", "br"}}).header("Content-Type"),
            "text/javascript; charset=utf-8");
  // Nothing is packed twice, and nothing packed is served as if it were the file.
  EXPECT_EQ(get("/assets/app-1a2b.js.br", {{"accept-encoding", "gzip, br"}}).status, 404);
  EXPECT_EQ(get("/assets/app-1a2b.js.gz").status, 404);
}

TEST_F(Pages, WhatHasNotChangedIsNotSentAgain) {
  const fakes::Headers gzip = {{"accept-encoding", "gzip"}};
  const auto plain = get("/assets/app-1a2b.js").header("ETag");
  const auto packed = get("/assets/app-1a2b.js", gzip).header("ETag");
  EXPECT_EQ(plain.size(), 34u);
  EXPECT_NE(plain, packed);
  auto same = get("/assets/app-1a2b.js", {{"accept-encoding", "gzip"}, {"if-none-match", packed}});
  EXPECT_EQ(same.status, 304);
  EXPECT_EQ(same.text, "");
  EXPECT_EQ(same.header("ETag"), packed);
  EXPECT_EQ(same.header("Vary"), "Accept-Encoding");
  EXPECT_EQ(get("/assets/app-1a2b.js", {{"if-none-match", "\"x\", W/" + plain}}).status, 304);
  auto other = get("/assets/app-1a2b.js", {{"accept-encoding", "gzip"}, {"if-none-match", plain}});
  EXPECT_EQ(other.status, 200);
  EXPECT_EQ(other.text, "packed");
}

TEST_F(Pages, NothingOutsideTheDirectoryIsReached) {
  for (const char* path :
       {"/../secret.txt", "/assets/../../secret.txt", "/..%2Fsecret.txt", "/%2e%2e/secret.txt",
        "//secret.txt", "/./../secret.txt", "/..\\secret.txt", "/.hidden", "/link.txt",
        "/assets/..", "/pages/../../secret.txt", "/\xC0\xAE\xC0\xAE/secret.txt"}) {
    auto answer = get(path);
    EXPECT_EQ(answer.text.find("outside"), std::string::npos) << path;
    EXPECT_EQ(answer.text.find("hidden"), std::string::npos) << path;
  }
  EXPECT_EQ(get(std::string("/secret.txt\0", 12)).status, 404);
}

TEST_F(Pages, OnlyReading) {
  auto answer = stand.send(ApiStand::request_for("POST", "/index.html", json::object{}));
  EXPECT_EQ(answer.status, 405);
  EXPECT_EQ(answer.header("Allow"), "GET, HEAD");
}

TEST(NoPages, AreAProblemAndNoCrash) {
  ApiStand stand;
  EXPECT_EQ(stand.send(ApiStand::request_for("GET", "/")).status, 404);
}

}  // namespace
}  // namespace hearback::api
