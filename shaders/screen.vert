#version 460
// One triangle over the whole picture, at the far plane (reversed depth: 0).
layout(location = 0) out vec2 outPlace;   // 0..1 from the top left

void main() {
  outPlace = vec2((gl_VertexIndex << 1) & 2, gl_VertexIndex & 2);
  gl_Position = vec4(outPlace * 2.0 - 1.0, 0.0, 1.0);
}
