#version 460
// One triangle over the whole picture, at the far plane (reversed depth: 0).

void main() {
  vec2 place = vec2((gl_VertexIndex << 1) & 2, gl_VertexIndex & 2);
  gl_Position = vec4(place * 2.0 - 1.0, 0.0, 1.0);
}
