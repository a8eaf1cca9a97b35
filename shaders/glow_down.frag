#version 460
// A quarter as wide and high: the mean of 4x4 pixels, of the first level only what outshines the rest of the night.
#extension GL_GOOGLE_include_directive : require

layout(constant_id = 0) const bool kFirst = false;

layout(push_constant) uniform Push { vec4 size; };   // pixels of the source that are in use, 1 / its whole size

layout(set = 0, binding = 0) uniform sampler2D source;   // bilinear

layout(location = 0) out vec4 outColour;

void main() {
  vec2 corner = floor(gl_FragCoord.xy) * 4.0;
  vec3 sum = vec3(0.0);
  for (int y = 0; y < 2; ++y)
    for (int x = 0; x < 2; ++x) {
      vec2 at = min(corner + 1.0 + 2.0 * vec2(x, y), size.xy - 1.0);
      vec3 colour = textureLod(source, at * size.zw, 0.0).rgb;
      sum += kFirst ? max(colour - 0.42, 0.0) * 1.7 : colour;
    }
  outColour = vec4(sum * 0.25, 1.0);
}
