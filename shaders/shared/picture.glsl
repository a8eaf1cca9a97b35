// Photographs and maps in the looks tech and plan: by their brightness above all, there as light on the dark, here as a pale print.
#ifndef CITYMIRROR_SHARED_PICTURE_GLSL
#define CITYMIRROR_SHARED_PICTURE_GLSL

const vec3 kPictureDark = vec3(0.030, 0.090, 0.175), kPictureLight = vec3(0.240, 0.610, 0.770);

float brightnessOf(vec3 display) { return dot(display, vec3(0.299, 0.587, 0.114)); }

vec3 techPicture(vec3 display) {
  float light = brightnessOf(display);
  return mix(kPictureDark, kPictureLight, light * light) + display * 0.06;
}

vec3 planPicture(vec3 display) { return mix(vec3(brightnessOf(display)), display, 0.55) * 0.5 + 0.48; }

#endif
