// One instance a glyph or rectangle of a label, in pixels of the target (frame/label_layout.h, LabelQuad).
#version 450

layout(push_constant) uniform Push { vec4 pixels; };   // xy: 2 / size of the target

layout(location = 0) in vec4 box;
layout(location = 1) in vec4 uvBox;
layout(location = 2) in vec4 colour;
layout(location = 3) in vec4 shape;

layout(location = 0) out vec2 uv;
layout(location = 1) out vec2 fromMiddle;
layout(location = 2) flat out vec2 halfSize;
layout(location = 3) flat out vec4 ink;
layout(location = 4) flat out vec4 form;

void main() {
  vec2 corner = vec2(gl_VertexIndex & 1, gl_VertexIndex >> 1);
  uv = mix(uvBox.xy, uvBox.zw, corner);
  halfSize = 0.5 * (box.zw - box.xy);
  fromMiddle = (corner * 2.0 - 1.0) * halfSize;
  ink = colour;
  form = shape;
  gl_Position = vec4(mix(box.xy, box.zw, corner) * pixels.xy - 1.0, 0.0, 1.0);
}
