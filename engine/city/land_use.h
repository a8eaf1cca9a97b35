//! The plan look's own style: buildings in the colours that Chinese spatial plans give to the land they stand on. Pure; any thread.
#pragma once

#include "city/document.h"
#include "city/session.h"

namespace cm::city {

//! By the property "class" as the tiler writes it. Classes of GB 50137-2011 (2.2, urban development land: R, A, B, M, W, S, U, G), in
//! the colours of 自然资源部《市级国土空间总体规划制图规范（试行）》(2021), appendix B, printed on paper (see land_use.cpp).
const Style& landUseStyle();

//! What features are coloured by: the style the visitor chose, in the plan look the land use, or none.
const Style* shownStyle(const Document& document, const Session& session);

}  // namespace cm::city
