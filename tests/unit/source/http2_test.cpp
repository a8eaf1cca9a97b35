// HTTP/2 over TLS, from a server that speaks nothing else (nghttpd), with a certificate of the test's own.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <atomic>
#include <future>
#include <set>

#include "source/fetch.h"
#include "support/process.h"

namespace cm::source {
namespace {

using testing::HasSubstr;

sockaddr_in loopback(uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

uint16_t freePort() {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  ::bind(fd, reinterpret_cast<sockaddr*>(&address), size);
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  ::close(fd);
  return ntohs(address.sin_port);
}

bool listens(uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  const sockaddr_in address = loopback(port);
  const bool connected = ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(fd);
  return connected;
}

bool has(const std::string& program) { return test::run({"sh", "-c", "command -v " + program}).code == 0; }

TEST(Http2, OneConnectionOverTlsCarriesManyTiles) {
  if (!has("nghttpd")) GTEST_SKIP() << "there is no nghttpd here (package nghttp2-server)";
  if (!has("openssl")) GTEST_SKIP() << "there is no openssl here (package openssl)";
  const Path folder = test::freshFolder("http2"), key = folder / "key.pem", certificate = folder / "certificate.pem";
  const auto made = test::run({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                               "-nodes", "-days", "2", "-subj", "/CN=CityMirror test", "-addext",
                               "subjectAltName=IP:127.0.0.1", "-keyout", key.string(), "-out", certificate.string()});
  ASSERT_EQ(made.code, 0) << made.output;
  const Path site = folder / "site";
  std::filesystem::create_directories(site);
  constexpr int kTiles = 40;
  for (int i = 0; i < kTiles; ++i)
    ASSERT_TRUE(
        writeFileAtomically(site / fmt::format("{}.glb", i), std::string(size_t(1000 + i), char('a' + i % 26))));
  const uint16_t port = freePort();
  test::Process server({"nghttpd", "--verbose", "--address=127.0.0.1", "--htdocs=" + site.string(),
                        std::to_string(port), key.string(), certificate.string()},
                       {}, folder / "server.txt");
  ASSERT_TRUE(test::eventually(20, [&] { return listens(port) || !server.running(); }));
  ASSERT_TRUE(server.running()) << test::textOf(folder / "server.txt");
  const std::string origin = fmt::format("https://127.0.0.1:{}", port);

  ::setenv("no_proxy", "127.0.0.1", 1);
  Fetcher::Options options;
  options.retries = 0;
  {
    Fetcher stranger(options);
    const auto refused = stranger.read(origin + "/0.glb");
    ASSERT_FALSE(refused) << "its certificate is nobody's";
    EXPECT_THAT(refused.error().text(), HasSubstr("certificate"));
  }
  ::setenv("SSL_CERT_FILE", certificate.c_str(), 1);
  {
    Fetcher fetcher(options);
    std::promise<void> all;
    std::atomic<int> left{kTiles}, good{0};
    for (int i = 0; i < kTiles; ++i)
      fetcher.fetch(fmt::format("{}/{}.glb", origin, i), i, [&, i](Result<Bytes> bytes) {
        good += bytes && bytes->size() == size_t(1000 + i) && (*bytes)[0] == std::byte('a' + i % 26);
        if (--left == 0) all.set_value();
      });
    all.get_future().wait();
    EXPECT_EQ(good, kTiles);
  }
  ::unsetenv("SSL_CERT_FILE");
  server.signal(SIGTERM);
  server.wait();
  // Its log begins each line with the number of the connection: "[id=3] [  0.123] recv HEADERS frame ...".
  std::set<std::string> connections;
  std::istringstream log(test::textOf(folder / "server.txt"));
  for (std::string line; std::getline(log, line);)
    if (line.find(":path: /") != std::string::npos) connections.insert(line.substr(0, line.find(']')));
  EXPECT_EQ(connections.size(), 1u) << "40 tiles of one server share one connection";
}

}  // namespace
}  // namespace cm::source
