//! Keeps LeakSanitizer honest with drivers: lavapipe leaks 240 bytes from a library that is unloaded before the report,
//! so nothing is unloaded in tests, and leaks inside drivers and layers are not ours to report. Nor are the edge rings GEOS 3.11
//! loses when a buffer fails inside PolygonBuilder and is computed again with less precision.

#if defined(__SANITIZE_ADDRESS__)
#define CM_ADDRESS_SANITIZER
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CM_ADDRESS_SANITIZER
#endif
#endif

#ifdef CM_ADDRESS_SANITIZER
extern "C" {
int dlclose(void*);
const char* __lsan_default_suppressions();

int dlclose(void*) { return 0; }
const char* __lsan_default_suppressions() {
  return "leak:libvulkan_lvp.so\nleak:libvulkan.so\nleak:libVkLayer_khronos_validation.so\nleak:libLLVM\n"
         "leak:geos::operation::overlay::PolygonBuilder::add(\n"
         "leak:geos::operation::overlay::PolygonBuilder::buildMaximalEdgeRings(\n";
}
}
#endif
