import{$ as e,A as t,D as n,E as r,G as i,H as a,J as o,K as s,N as c,O as l,Q as u,R as d,W as f,X as p,at as m,it as h,k as g,p as _,q as v,rt as y,st as b,tt as ee,ut as te}from"./vue-D0wAwRKe.js";var x=Object.defineProperty,S=Object.getOwnPropertySymbols,C=Object.prototype.hasOwnProperty,w=Object.prototype.propertyIsEnumerable,T=(e,t,n)=>t in e?x(e,t,{enumerable:!0,configurable:!0,writable:!0,value:n}):e[t]=n,ne=(e,t)=>{for(var n in t||={})C.call(t,n)&&T(e,n,t[n]);if(S)for(var n of S(t))w.call(t,n)&&T(e,n,t[n]);return e};function E(e){return e==null||e===``||Array.isArray(e)&&e.length===0||!(e instanceof Date)&&typeof e==`object`&&Object.keys(e).length===0}function D(e){return typeof e==`function`&&`call`in e&&`apply`in e}function O(e){return!E(e)}function k(e,t=!0){return e instanceof Object&&e.constructor===Object&&(t||Object.keys(e).length!==0)}function A(e={},t={}){let n=ne({},e);return Object.keys(t).forEach(r=>{let i=r;k(t[i])&&i in e&&k(e[i])?n[i]=A(e[i],t[i]):n[i]=t[i]}),n}function j(...e){return e.reduce((e,t,n)=>n===0?t:A(e,t),{})}function M(e,...t){return D(e)?e(...t):e}function N(e,t=!0){return typeof e==`string`&&(t||e!==``)}function P(e){return N(e)?e.replace(/(-|_)/g,``).toLowerCase():e}function re(e,t=``,n={}){let r=P(t).split(`.`),i=r.shift();return i?k(e)?re(M(e[Object.keys(e).find(e=>P(e)===i)||``],n),r.join(`.`),n):void 0:M(e,n)}function ie(e,t=!0){return Array.isArray(e)&&(t||e.length!==0)}function ae(e){return O(e)&&!isNaN(e)}function oe(e,t){if(t){let n=t.test(e);return t.lastIndex=0,n}return!1}function se(...e){return j(...e)}function ce(e){return e&&e.replace(/\/\*(?:(?!\*\/)[\s\S])*\*\/|[\r\n\t]+/g,``).replace(/ {2,}/g,` `).replace(/ ([{:}]) /g,`$1`).replace(/([;,]) /g,`$1`).replace(/ !/g,`!`).replace(/: /g,`:`).trim()}function le(e){return N(e,!1)?e[0].toUpperCase()+e.slice(1):e}function ue(e){return N(e)?e.replace(/(_)/g,`-`).replace(/([a-z])([A-Z])/g,`$1-$2`).toLowerCase():e}function de(){let e=new Map;return{on(t,n){let r=e.get(t);return r?r.push(n):r=[n],e.set(t,r),this},off(t,n){let r=e.get(t);return r&&r.splice(r.indexOf(n)>>>0,1),this},emit(t,n){let r=e.get(t);r&&r.forEach(e=>{e(n)})},clear(){e.clear()}}}function fe(...e){if(e){let t=[];for(let n=0;n<e.length;n++){let r=e[n];if(!r)continue;let i=typeof r;if(i===`string`||i===`number`)t.push(r);else if(i===`object`){let e=Array.isArray(r)?[fe(...r)]:Object.entries(r).map(([e,t])=>t?e:void 0);t=e.length?t.concat(e.filter(e=>!!e)):t}}return t.join(` `).trim()}}function pe(e,t){return e?e.classList?e.classList.contains(t):RegExp(`(^| )`+t+`( |$)`,`gi`).test(e.className):!1}function me(e,t){if(e&&t){let n=t=>{pe(e,t)||(e.classList?e.classList.add(t):e.className+=` `+t)};[t].flat().filter(Boolean).forEach(e=>e.split(` `).forEach(n))}}function he(){return window.innerWidth-document.documentElement.offsetWidth}function ge(e){typeof e==`string`?me(document.body,e||`p-overflow-hidden`):(e!=null&&e.variableName&&document.body.style.setProperty(e.variableName,he()+`px`),me(document.body,e?.className||`p-overflow-hidden`))}function _e(e,t){if(e&&t){let n=t=>{e.classList?e.classList.remove(t):e.className=e.className.replace(RegExp(`(^|\\b)`+t.split(` `).join(`|`)+`(\\b|$)`,`gi`),` `)};[t].flat().filter(Boolean).forEach(e=>e.split(` `).forEach(n))}}function ve(e){typeof e==`string`?_e(document.body,e||`p-overflow-hidden`):(e!=null&&e.variableName&&document.body.style.removeProperty(e.variableName),_e(document.body,e?.className||`p-overflow-hidden`))}function ye(){let e=window,t=document,n=t.documentElement,r=t.getElementsByTagName(`body`)[0];return{width:e.innerWidth||n.clientWidth||r.clientWidth,height:e.innerHeight||n.clientHeight||r.clientHeight}}function be(e){return e?Math.abs(e.scrollLeft):0}function xe(e,t){e&&(typeof t==`string`?e.style.cssText=t:Object.entries(t||{}).forEach(([t,n])=>e.style[t]=n))}function Se(e,t){if(e instanceof HTMLElement){let n=e.offsetWidth;if(t){let t=getComputedStyle(e);n+=parseFloat(t.marginLeft)+parseFloat(t.marginRight)}return n}return 0}function Ce(e){return typeof Element<`u`?e instanceof Element:typeof e==`object`&&!!e&&e.nodeType===1&&typeof e.nodeName==`string`}function we(e,t={}){if(Ce(e)){let n=(t,r)=>{var i;let a=(i=e?.$attrs)!=null&&i[t]?[e?.$attrs?.[t]]:[];return[r].flat().reduce((e,r)=>{if(r!=null){let i=typeof r;if(i===`string`||i===`number`)e.push(r);else if(i===`object`){let i=Array.isArray(r)?n(t,r):Object.entries(r).map(([e,n])=>t===`style`&&(n||n===0)?`${e.replace(/([a-z])([A-Z])/g,`$1-$2`).toLowerCase()}:${n}`:n?e:void 0);e=i.length?e.concat(i.filter(e=>!!e)):e}}return e},a)};Object.entries(t).forEach(([t,r])=>{if(r!=null){let i=t.match(/^on(.+)/);i?e.addEventListener(i[1].toLowerCase(),r):t===`p-bind`||t===`pBind`?we(e,r):(r=t===`class`?[...new Set(n(`class`,r))].join(` `).trim():t===`style`?n(`style`,r).join(`;`).trim():r,(e.$attrs=e.$attrs||{})&&(e.$attrs[t]=r),e.setAttribute(t,r))}})}}function Te(e,t={},...n){if(e){let r=document.createElement(e);return we(r,t),r.append(...n),r}}function Ee(e,t){return Ce(e)?Array.from(e.querySelectorAll(t)):[]}function De(e,t){return Ce(e)?e.matches(t)?e:e.querySelector(t):null}function Oe(e,t){e&&document.activeElement!==e&&e.focus(t)}function ke(e,t){if(Ce(e)){let n=e.getAttribute(t);return isNaN(n)?n===`true`||n===`false`?n===`true`:n:+n}}function Ae(e,t=``){let n=Ee(e,`button:not([tabindex = "-1"]):not([disabled]):not([style*="display:none"]):not([hidden])${t},
            [href]:not([tabindex = "-1"]):not([style*="display:none"]):not([hidden])${t},
            input:not([tabindex = "-1"]):not([disabled]):not([style*="display:none"]):not([hidden])${t},
            select:not([tabindex = "-1"]):not([disabled]):not([style*="display:none"]):not([hidden])${t},
            textarea:not([tabindex = "-1"]):not([disabled]):not([style*="display:none"]):not([hidden])${t},
            [tabIndex]:not([tabIndex = "-1"]):not([disabled]):not([style*="display:none"]):not([hidden])${t},
            [contenteditable]:not([tabIndex = "-1"]):not([disabled]):not([style*="display:none"]):not([hidden])${t}`),r=[];for(let e of n)getComputedStyle(e).display!=`none`&&getComputedStyle(e).visibility!=`hidden`&&r.push(e);return r}function je(e,t){let n=Ae(e,t);return n.length>0?n[0]:null}function Me(e){if(e){let t=e.offsetHeight,n=getComputedStyle(e);return t-=parseFloat(n.paddingTop)+parseFloat(n.paddingBottom)+parseFloat(n.borderTopWidth)+parseFloat(n.borderBottomWidth),t}return 0}function Ne(e,t){let n=Ae(e,t);return n.length>0?n[n.length-1]:null}function Pe(e){if(e){let t=e.getBoundingClientRect();return{top:t.top+(window.pageYOffset||document.documentElement.scrollTop||document.body.scrollTop||0),left:t.left+(window.pageXOffset||be(document.documentElement)||be(document.body)||0)}}return{top:`auto`,left:`auto`}}function Fe(e,t){if(e){let n=e.offsetHeight;if(t){let t=getComputedStyle(e);n+=parseFloat(t.marginTop)+parseFloat(t.marginBottom)}return n}return 0}function Ie(e){if(e){let t=e.offsetWidth,n=getComputedStyle(e);return t-=parseFloat(n.paddingLeft)+parseFloat(n.paddingRight)+parseFloat(n.borderLeftWidth)+parseFloat(n.borderRightWidth),t}return 0}function Le(){return!!(typeof window<`u`&&window.document&&window.document.createElement)}function Re(e,t=``){return Ce(e)?e.matches(`button:not([tabindex = "-1"]):not([disabled]):not([style*="display:none"]):not([hidden])${t},
            [href][clientHeight][clientWidth]:not([tabindex = "-1"]):not([disabled]):not([style*="display:none"]):not([hidden])${t},
            input:not([tabindex = "-1"]):not([disabled]):not([style*="display:none"]):not([hidden])${t},
            select:not([tabindex = "-1"]):not([disabled]):not([style*="display:none"]):not([hidden])${t},
            textarea:not([tabindex = "-1"]):not([disabled]):not([style*="display:none"]):not([hidden])${t},
            [tabIndex]:not([tabIndex = "-1"]):not([disabled]):not([style*="display:none"]):not([hidden])${t},
            [contenteditable]:not([tabIndex = "-1"]):not([disabled]):not([style*="display:none"]):not([hidden])${t}`):!1}function ze(e,t=``,n){Ce(e)&&n!=null&&e.setAttribute(t,n)}var Be={};function Ve(e=`pui_id_`){return Object.hasOwn(Be,e)||(Be[e]=0),Be[e]++,`${e}${Be[e]}`}var He=Object.defineProperty,Ue=Object.defineProperties,We=Object.getOwnPropertyDescriptors,Ge=Object.getOwnPropertySymbols,Ke=Object.prototype.hasOwnProperty,qe=Object.prototype.propertyIsEnumerable,Je=(e,t,n)=>t in e?He(e,t,{enumerable:!0,configurable:!0,writable:!0,value:n}):e[t]=n,F=(e,t)=>{for(var n in t||={})Ke.call(t,n)&&Je(e,n,t[n]);if(Ge)for(var n of Ge(t))qe.call(t,n)&&Je(e,n,t[n]);return e},Ye=(e,t)=>Ue(e,We(t)),I=(e,t)=>{var n={};for(var r in e)Ke.call(e,r)&&t.indexOf(r)<0&&(n[r]=e[r]);if(e!=null&&Ge)for(var r of Ge(e))t.indexOf(r)<0&&qe.call(e,r)&&(n[r]=e[r]);return n};function Xe(...e){return j(...e)}var L=de(),Ze=/{([^}]*)}/g,Qe=/(\d+\s+[\+\-\*\/]\s+\d+)/g,$e=/var\([^)]+\)/g;function et(e){return N(e)?e.replace(/[A-Z]/g,(e,t)=>t===0?e:`.`+e.toLowerCase()).toLowerCase():e}function tt(e){return k(e)&&e.hasOwnProperty(`$value`)&&e.hasOwnProperty(`$type`)?e.$value:e}function nt(e){return e.replaceAll(/ /g,``).replace(/[^\w]/g,`-`)}function rt(e=``,t=``){return nt(`${N(e,!1)&&N(t,!1)?`${e}-`:e}${t}`)}function it(e=``,t=``){return`--${rt(e,t)}`}function at(e=``){return((e.match(/{/g)||[]).length+(e.match(/}/g)||[]).length)%2!=0}function ot(e,t=``,n=``,r=[],i){if(N(e)){let t=e.trim();if(at(t))return;if(oe(t,Ze)){let e=t.replaceAll(Ze,e=>`var(${it(n,ue(e.replace(/{|}/g,``).split(`.`).filter(e=>!r.some(t=>oe(e,t))).join(`-`)))}${O(i)?`, ${i}`:``})`);return oe(e.replace($e,`0`),Qe)?`calc(${e})`:e}return t}if(ae(e))return e}function st(e,t,n){N(t,!1)&&e.push(`${t}:${n};`)}function ct(e,t){return e?`${e}{${t}}`:``}function lt(e,t){if(e.indexOf(`dt(`)===-1)return e;function n(e,t){let n=[],i=0,a=``,o=null,s=0;for(;i<=e.length;){let c=e[i];if((c===`"`||c===`'`||c==="`")&&e[i-1]!==`\\`&&(o=o===c?null:c),!o&&(c===`(`&&s++,c===`)`&&s--,(c===`,`||i===e.length)&&s===0)){let e=a.trim();e.startsWith(`dt(`)?n.push(lt(e,t)):n.push(r(e)),a=``,i++}else c!==void 0&&(a+=c),i++}return n}function r(e){let t=e[0];if((t===`"`||t===`'`||t==="`")&&e[e.length-1]===t)return e.slice(1,-1);let n=Number(e);return isNaN(n)?e:n}let i=[],a=[];for(let t=0;t<e.length;t++)if(e[t]===`d`&&e.slice(t,t+3)===`dt(`)a.push(t),t+=2;else if(e[t]===`)`&&a.length>0){let e=a.pop();a.length===0&&i.push([e,t])}if(!i.length)return e;for(let r=i.length-1;r>=0;r--){let[a,o]=i[r],s=t(...n(e.slice(a+3,o),t));e=e.slice(0,a)+s+e.slice(o+1)}return e}var ut=e=>{let t=z.getTheme(),n=ft(t,e,void 0,`variable`);return{name:n?.match(/--[\w-]+/g)?.[0],variable:n,value:ft(t,e,void 0,`value`)}},dt=(...e)=>ft(z.getTheme(),...e),ft=(e={},t,n,r)=>{if(t){let{variable:i,options:a}=z.defaults||{},{prefix:o,transform:s}=e?.options||a||{},c=oe(t,Ze)?t:`{${t}}`;return r===`value`||E(r)&&s===`strict`?z.getTokenValue(t):ot(c,void 0,o,[i.excludedKeyRegex],n)}return``};function pt(e,...t){return e instanceof Array?lt(e.reduce((e,n,r)=>e+n+(M(t[r],{dt})??``),``),dt):M(e,{dt})}function mt(e,t={}){let n=z.defaults.variable,{prefix:r=n.prefix,selector:i=n.selector,excludedKeyRegex:a=n.excludedKeyRegex}=t,o=[],s=[],c=[{node:e,path:r}];for(;c.length;){let{node:e,path:t}=c.pop();for(let n in e){let i=e[n],l=tt(i),u=oe(n,a)?rt(t):rt(t,ue(n));if(k(l))c.push({node:l,path:u});else{st(s,it(u),ot(l,u,r,[a]));let e=u;r&&e.startsWith(r+`-`)&&(e=e.slice(r.length+1)),o.push(e.replace(/-/g,`.`))}}}let l=s.join(``);return{value:s,tokens:o,declarations:l,css:ct(i,l)}}var R={regex:{rules:{class:{pattern:/^\.([a-zA-Z][\w-]*)$/,resolve(e){return{type:`class`,selector:e,matched:this.pattern.test(e.trim())}}},attr:{pattern:/^\[(.*)\]$/,resolve(e){return{type:`attr`,selector:`:root${e},:host${e}`,matched:this.pattern.test(e.trim())}}},media:{pattern:/^@media (.*)$/,resolve(e){return{type:`media`,selector:e,matched:this.pattern.test(e.trim())}}},system:{pattern:/^system$/,resolve(e){return{type:`system`,selector:`@media (prefers-color-scheme: dark)`,matched:this.pattern.test(e.trim())}}},custom:{resolve(e){return{type:`custom`,selector:e,matched:!0}}}},resolve(e){let t=Object.keys(this.rules).filter(e=>e!==`custom`).map(e=>this.rules[e]);return[e].flat().map(e=>t.map(t=>t.resolve(e)).find(e=>e.matched)??this.rules.custom.resolve(e))}},_toVariables(e,t){return mt(e,{prefix:t?.prefix})},getCommon({name:e=``,theme:t={},params:n,set:r,defaults:i}){let{preset:a,options:o}=t,s,c,l,u,d,f,p;if(O(a)&&o.transform!==`strict`){let{primitive:t,semantic:n,extend:m}=a,h=n||{},{colorScheme:g}=h,_=I(h,[`colorScheme`]),v=m||{},{colorScheme:y}=v,b=I(v,[`colorScheme`]),ee=g||{},{dark:te}=ee,x=I(ee,[`dark`]),S=y||{},{dark:C}=S,w=I(S,[`dark`]),T=O(t)?this._toVariables({primitive:t},o):{},ne=O(_)?this._toVariables({semantic:_},o):{},E=O(x)?this._toVariables({light:x},o):{},D=O(te)?this._toVariables({dark:te},o):{},k=O(b)?this._toVariables({semantic:b},o):{},A=O(w)?this._toVariables({light:w},o):{},j=O(C)?this._toVariables({dark:C},o):{},[N,P]=[T.declarations??``,T.tokens],[re,ie]=[ne.declarations??``,ne.tokens||[]],[ae,oe]=[E.declarations??``,E.tokens||[]],[se,ce]=[D.declarations??``,D.tokens||[]],[le,ue]=[k.declarations??``,k.tokens||[]],[de,fe]=[A.declarations??``,A.tokens||[]],[pe,me]=[j.declarations??``,j.tokens||[]];s=this.transformCSS(e,N,`light`,`variable`,o,r,i),c=P,l=`${this.transformCSS(e,`${re}${ae}`,`light`,`variable`,o,r,i)}${this.transformCSS(e,`${se}`,`dark`,`variable`,o,r,i)}`,u=[...new Set([...ie,...oe,...ce])],d=`${this.transformCSS(e,`${le}${de}color-scheme:light`,`light`,`variable`,o,r,i)}${this.transformCSS(e,`${pe}color-scheme:dark`,`dark`,`variable`,o,r,i)}`,f=[...new Set([...ue,...fe,...me])],p=M(a.css,{dt})}return{primitive:{css:s,tokens:c},semantic:{css:l,tokens:u},global:{css:d,tokens:f},style:p}},getPreset({name:e=``,preset:t={},options:n,params:r,set:i,defaults:a,selector:o}){let s,c,l;if(O(t)&&n.transform!==`strict`){let r=e.replace(`-directive`,``),u=t,{colorScheme:d,extend:f,css:p}=u,m=I(u,[`colorScheme`,`extend`,`css`]),h=f||{},{colorScheme:g}=h,_=I(h,[`colorScheme`]),v=d||{},{dark:y}=v,b=I(v,[`dark`]),ee=g||{},{dark:te}=ee,x=I(ee,[`dark`]),S=O(m)?this._toVariables({[r]:F(F({},m),_)},n):{},C=O(b)?this._toVariables({[r]:F(F({},b),x)},n):{},w=O(y)?this._toVariables({[r]:F(F({},y),te)},n):{},[T,ne]=[S.declarations??``,S.tokens||[]],[E,D]=[C.declarations??``,C.tokens||[]],[k,A]=[w.declarations??``,w.tokens||[]];s=`${this.transformCSS(r,`${T}${E}`,`light`,`variable`,n,i,a,o)}${this.transformCSS(r,k,`dark`,`variable`,n,i,a,o)}`,c=[...new Set([...ne,...D,...A])],l=M(p,{dt})}return{css:s,tokens:c,style:l}},getPresetC({name:e=``,theme:t={},params:n,set:r,defaults:i}){let{preset:a,options:o}=t,s=a?.components?.[e];return this.getPreset({name:e,preset:s,options:o,params:n,set:r,defaults:i})},getPresetD({name:e=``,theme:t={},params:n,set:r,defaults:i}){let a=e.replace(`-directive`,``),{preset:o,options:s}=t,c=o?.components?.[a]||o?.directives?.[a];return this.getPreset({name:a,preset:c,options:s,params:n,set:r,defaults:i})},applyDarkColorScheme(e){return e.darkModeSelector!==`none`&&e.darkModeSelector!==!1},getColorSchemeOption(e,t){return this.applyDarkColorScheme(e)?this.regex.resolve(e.darkModeSelector===!0?t.options.darkModeSelector:e.darkModeSelector??t.options.darkModeSelector):[]},getLayerOrder(e,t={},n,r){let{cssLayer:i}=t;return i?`@layer ${M(i.order||i.name||`primeui`,n)}`:``},getCommonStyleSheet({name:e=``,theme:t={},params:n,props:r={},set:i,defaults:a}){let o=this.getCommon({name:e,theme:t,params:n,set:i,defaults:a}),s=Object.entries(r).reduce((e,[t,n])=>e.push(`${t}="${n}"`)&&e,[]).join(` `);return Object.entries(o||{}).reduce((e,[t,n])=>{if(k(n)&&Object.hasOwn(n,`css`)){let r=ce(n.css),i=`${t}-variables`;e.push(`<style type="text/css" data-primevue-style-id="${i}" ${s}>${r}</style>`)}return e},[]).join(``)},getStyleSheet({name:e=``,theme:t={},params:n,props:r={},set:i,defaults:a}){let o={name:e,theme:t,params:n,set:i,defaults:a},s=(e.includes(`-directive`)?this.getPresetD(o):this.getPresetC(o))?.css,c=Object.entries(r).reduce((e,[t,n])=>e.push(`${t}="${n}"`)&&e,[]).join(` `);return s?`<style type="text/css" data-primevue-style-id="${e}-variables" ${c}>${ce(s)}</style>`:``},createTokens(e={},t,n=``,r=``,i={}){let a=function(e,t={},n=[]){if(n.includes(this.path))return console.warn(`Circular reference detected at ${this.path}`),{colorScheme:e,path:this.path,paths:t,value:void 0};n.push(this.path),t.name=this.path,t.binding||={};let r=this.value;if(typeof this.value==`string`&&Ze.test(this.value)){let i=this.value.trim().replace(Ze,r=>{let i=r.slice(1,-1),a=this.tokens[i];if(!a)return console.warn(`Token not found for path: ${i}`),`__UNRESOLVED__`;let o=a.computed(e,t,n);return Array.isArray(o)&&o.length===2?`light-dark(${o[0].value},${o[1].value})`:o?.value??`__UNRESOLVED__`});r=Qe.test(i.replace($e,`0`))?`calc(${i})`:i}return E(t.binding)&&delete t.binding,n.pop(),{colorScheme:e,path:this.path,paths:t,value:r.includes(`__UNRESOLVED__`)?void 0:r}},o=(e,n,r)=>{Object.entries(e).forEach(([e,s])=>{let c=oe(e,t.variable.excludedKeyRegex)?n:n?`${n}.${et(e)}`:et(e),l=r?`${r}.${e}`:e;k(s)?o(s,c,l):(i[c]||(i[c]={paths:[],computed:(e,t={},n=[])=>{if(i[c].paths.length===1)return i[c].paths[0].computed(i[c].paths[0].scheme,t.binding,n);if(e&&e!==`none`)for(let r=0;r<i[c].paths.length;r++){let a=i[c].paths[r];if(a.scheme===e)return a.computed(e,t.binding,n)}return i[c].paths.map(e=>e.computed(e.scheme,t[e.scheme],n))}}),i[c].paths.push({path:l,value:s,scheme:l.includes(`colorScheme.light`)?`light`:l.includes(`colorScheme.dark`)?`dark`:`none`,computed:a,tokens:i}))})};return o(e,n,r),i},getTokenValue(e,t,n){let r=(e=>e.split(`.`).filter(e=>!oe(e.toLowerCase(),n.variable.excludedKeyRegex)).join(`.`))(t),i=t.includes(`colorScheme.light`)?`light`:t.includes(`colorScheme.dark`)?`dark`:void 0,a=[e[r]?.computed(i)].flat().filter(e=>e);return a.length===1?a[0].value:a.reduce((e={},t)=>{let n=t,{colorScheme:r}=n;return e[r]=I(n,[`colorScheme`]),e},void 0)},getSelectorRule(e,t,n,r){return n===`class`||n===`attr`?ct(O(t)?`${e}${t},${e} ${t}`:e,r):ct(e,ct(t??`:root,:host`,r))},transformCSS(e,t,n,r,i={},a,o,s){if(O(t)){let{cssLayer:c}=i;if(r!==`style`){let e=this.getColorSchemeOption(i,o);t=n===`dark`?e.reduce((e,{type:n,selector:r})=>(O(r)&&(e+=r.includes(`[CSS]`)?r.replace(`[CSS]`,t):this.getSelectorRule(r,s,n,t)),e),``):ct(s??`:root,:host`,t)}if(c){let n={name:`primeui`,order:`primeui`};k(c)&&(n.name=M(c.name,{name:e,type:r})),O(n.name)&&(t=ct(`@layer ${n.name}`,t),a?.layerNames(n.name))}return t}return``}},z={defaults:{variable:{prefix:`p`,selector:`:root,:host`,excludedKeyRegex:/^(primitive|semantic|components|directives|variables|colorscheme|light|dark|common|root|states|extend|css)$/gi},options:{prefix:`p`,darkModeSelector:`system`,cssLayer:!1}},_theme:void 0,_layerNames:new Set,_loadedStyleNames:new Set,_loadingStyles:new Set,_tokens:{},update(e={}){let{theme:t}=e;t&&(this._theme=Ye(F({},t),{options:F(F({},this.defaults.options),t.options)}),this._tokens=R.createTokens(this.preset,this.defaults),this.clearLoadedStyleNames())},get theme(){return this._theme},get preset(){return this.theme?.preset||{}},get options(){return this.theme?.options||{}},get tokens(){return this._tokens},getTheme(){return this.theme},setTheme(e){this.update({theme:e}),L.emit(`theme:change`,e)},getPreset(){return this.preset},setPreset(e){this._theme=Ye(F({},this.theme),{preset:e}),this._tokens=R.createTokens(e,this.defaults),this.clearLoadedStyleNames(),L.emit(`preset:change`,e),L.emit(`theme:change`,this.theme)},getOptions(){return this.options},setOptions(e){this._theme=Ye(F({},this.theme),{options:e}),this.clearLoadedStyleNames(),L.emit(`options:change`,e),L.emit(`theme:change`,this.theme)},getLayerNames(){return[...this._layerNames]},setLayerNames(e){this._layerNames.add(e)},getLoadedStyleNames(){return this._loadedStyleNames},isStyleNameLoaded(e){return this._loadedStyleNames.has(e)},setLoadedStyleName(e){this._loadedStyleNames.add(e)},deleteLoadedStyleName(e){this._loadedStyleNames.delete(e)},clearLoadedStyleNames(){this._loadedStyleNames.clear()},getTokenValue(e){return R.getTokenValue(this.tokens,e,this.defaults)},getCommon(e=``,t){return R.getCommon({name:e,theme:this.theme,params:t,defaults:this.defaults,set:{layerNames:this.setLayerNames.bind(this)}})},getComponent(e=``,t){let n={name:e,theme:this.theme,params:t,defaults:this.defaults,set:{layerNames:this.setLayerNames.bind(this)}};return R.getPresetC(n)},getDirective(e=``,t){let n={name:e,theme:this.theme,params:t,defaults:this.defaults,set:{layerNames:this.setLayerNames.bind(this)}};return R.getPresetD(n)},getCustomPreset(e=``,t,n,r){let i={name:e,preset:t,options:this.options,selector:n,params:r,defaults:this.defaults,set:{layerNames:this.setLayerNames.bind(this)}};return R.getPreset(i)},getLayerOrderCSS(e=``){return R.getLayerOrder(e,this.options,{names:this.getLayerNames()},this.defaults)},transformCSS(e=``,t,n=`style`,r){return R.transformCSS(e,t,r,n,this.options,{layerNames:this.setLayerNames.bind(this)},this.defaults)},getCommonStyleSheet(e=``,t,n={}){return R.getCommonStyleSheet({name:e,theme:this.theme,params:t,props:n,defaults:this.defaults,set:{layerNames:this.setLayerNames.bind(this)}})},getStyleSheet(e,t,n={}){return R.getStyleSheet({name:e,theme:this.theme,params:t,props:n,defaults:this.defaults,set:{layerNames:this.setLayerNames.bind(this)}})},onStyleMounted(e){this._loadingStyles.add(e)},onStyleUpdated(e){this._loadingStyles.add(e)},onStyleLoaded(e,{name:t}){this._loadingStyles.size&&(this._loadingStyles.delete(t),L.emit(`theme:${t}:load`,e),!this._loadingStyles.size&&L.emit(`theme:load`))}},ht=`
    *,
    ::before,
    ::after {
        box-sizing: border-box;
    }

    .p-collapsible-enter-active {
        animation: p-animate-collapsible-expand 0.2s ease-out;
        overflow: hidden;
    }

    .p-collapsible-leave-active {
        animation: p-animate-collapsible-collapse 0.2s ease-out;
        overflow: hidden;
    }

    @keyframes p-animate-collapsible-expand {
        from {
            grid-template-rows: 0fr;
        }
        to {
            grid-template-rows: 1fr;
        }
    }

    @keyframes p-animate-collapsible-collapse {
        from {
            grid-template-rows: 1fr;
        }
        to {
            grid-template-rows: 0fr;
        }
    }

    .p-disabled,
    .p-disabled * {
        cursor: default;
        pointer-events: none;
        user-select: none;
    }

    .p-disabled,
    .p-component:disabled {
        opacity: dt('disabled.opacity');
    }

    .pi {
        font-size: dt('icon.size');
    }

    .p-icon {
        width: dt('icon.size');
        height: dt('icon.size');
    }

    .p-overlay-mask {
        background: var(--px-mask-background, dt('mask.background'));
        color: dt('mask.color');
        position: fixed;
        top: 0;
        left: 0;
        width: 100%;
        height: 100%;
    }

    .p-overlay-mask-enter-active {
        animation: p-animate-overlay-mask-enter dt('mask.transition.duration') forwards;
    }

    .p-overlay-mask-leave-active {
        animation: p-animate-overlay-mask-leave dt('mask.transition.duration') forwards;
    }

    @keyframes p-animate-overlay-mask-enter {
        from {
            background: transparent;
        }
        to {
            background: var(--px-mask-background, dt('mask.background'));
        }
    }
    @keyframes p-animate-overlay-mask-leave {
        from {
            background: var(--px-mask-background, dt('mask.background'));
        }
        to {
            background: transparent;
        }
    }

    .p-anchored-overlay-enter-active {
        animation: p-animate-anchored-overlay-enter 300ms cubic-bezier(.19,1,.22,1);
    }

    .p-anchored-overlay-leave-active {
        animation: p-animate-anchored-overlay-leave 300ms cubic-bezier(.19,1,.22,1);
    }

    @keyframes p-animate-anchored-overlay-enter {
        from {
            opacity: 0;
            transform: scale(0.93);
        }
    }

    @keyframes p-animate-anchored-overlay-leave {
        to {
            opacity: 0;
            transform: scale(0.93);
        }
    }
`,gt=new Map,_t=0;function vt(e,t={}){let n=t.name??`style_${++_t}`,r=h(!1),i=h(null),a=h(e),o=(i,o={})=>{let s=o.name??t.props?.name??n;a.value=i??e;let c=gt.get(s);c?(c.replaceSync(a.value),t.onUpdated?.(s)):(gt.set(s,c=new CSSStyleSheet),document.adoptedStyleSheets=t.first?[c,...document.adoptedStyleSheets]:[...document.adoptedStyleSheets,c],c.replaceSync(a.value),t.onMounted?.(s)),r.value=!0};return o(),{id:void 0,name:n,el:i,css:a,load:o,unload:()=>{let e=gt.get(n);e&&(document.adoptedStyleSheets=document.adoptedStyleSheets.filter(t=>t!==e)),gt.delete(n),r.value=!1},isLoaded:y(r)}}function yt(e){"@babel/helpers - typeof";return yt=typeof Symbol==`function`&&typeof Symbol.iterator==`symbol`?function(e){return typeof e}:function(e){return e&&typeof Symbol==`function`&&e.constructor===Symbol&&e!==Symbol.prototype?`symbol`:typeof e},yt(e)}var bt,xt,St,Ct;function wt(e,t){return kt(e)||Ot(e,t)||Et(e,t)||Tt()}function Tt(){throw TypeError(`Invalid attempt to destructure non-iterable instance.
In order to be iterable, non-array objects must have a [Symbol.iterator]() method.`)}function Et(e,t){if(e){if(typeof e==`string`)return Dt(e,t);var n={}.toString.call(e).slice(8,-1);return n===`Object`&&e.constructor&&(n=e.constructor.name),n===`Map`||n===`Set`?Array.from(e):n===`Arguments`||/^(?:Ui|I)nt(?:8|16|32)(?:Clamped)?Array$/.test(n)?Dt(e,t):void 0}}function Dt(e,t){(t==null||t>e.length)&&(t=e.length);for(var n=0,r=Array(t);n<t;n++)r[n]=e[n];return r}function Ot(e,t){var n=e==null?null:typeof Symbol<`u`&&e[Symbol.iterator]||e[`@@iterator`];if(n!=null){var r,i,a,o,s=[],c=!0,l=!1;try{if(a=(n=n.call(e)).next,t!==0)for(;!(c=(r=a.call(n)).done)&&(s.push(r.value),s.length!==t);c=!0);}catch(e){l=!0,i=e}finally{try{if(!c&&n.return!=null&&(o=n.return(),Object(o)!==o))return}finally{if(l)throw i}}return s}}function kt(e){if(Array.isArray(e))return e}function At(e,t){var n=Object.keys(e);if(Object.getOwnPropertySymbols){var r=Object.getOwnPropertySymbols(e);t&&(r=r.filter(function(t){return Object.getOwnPropertyDescriptor(e,t).enumerable})),n.push.apply(n,r)}return n}function jt(e){for(var t=1;t<arguments.length;t++){var n=arguments[t]==null?{}:arguments[t];t%2?At(Object(n),!0).forEach(function(t){Mt(e,t,n[t])}):Object.getOwnPropertyDescriptors?Object.defineProperties(e,Object.getOwnPropertyDescriptors(n)):At(Object(n)).forEach(function(t){Object.defineProperty(e,t,Object.getOwnPropertyDescriptor(n,t))})}return e}function Mt(e,t,n){return(t=Nt(t))in e?Object.defineProperty(e,t,{value:n,enumerable:!0,configurable:!0,writable:!0}):e[t]=n,e}function Nt(e){var t=Pt(e,`string`);return yt(t)==`symbol`?t:t+``}function Pt(e,t){if(yt(e)!=`object`||!e)return e;var n=e[Symbol.toPrimitive];if(n!==void 0){var r=n.call(e,t);if(yt(r)!=`object`)return r;throw TypeError(`@@toPrimitive must return a primitive value.`)}return(t===`string`?String:Number)(e)}function Ft(e,t){return t||=e.slice(0),Object.freeze(Object.defineProperties(e,{raw:{value:Object.freeze(t)}}))}var B={name:`base`,css:function(e){var t=e.dt;return`
.p-hidden-accessible {
    border: 0;
    clip: rect(0 0 0 0);
    height: 1px;
    margin: -1px;
    opacity: 0;
    overflow: hidden;
    padding: 0;
    pointer-events: none;
    position: absolute;
    white-space: nowrap;
    width: 1px;
}

.p-overflow-hidden {
    overflow: hidden;
    padding-right: ${t(`scrollbar.width`)};
}
`},style:ht,classes:{},inlineStyles:{},load:function(e){var t=arguments.length>1&&arguments[1]!==void 0?arguments[1]:{},n=(arguments.length>2&&arguments[2]!==void 0?arguments[2]:function(e){return e})(pt(bt||=Ft([``,``]),e));return O(n)?vt(ce(n),jt({name:this.name},t)):{}},loadCSS:function(){var e=arguments.length>0&&arguments[0]!==void 0?arguments[0]:{};return this.load(this.css,e)},loadStyle:function(){var e=this,t=arguments.length>0&&arguments[0]!==void 0?arguments[0]:{},n=arguments.length>1&&arguments[1]!==void 0?arguments[1]:``;return this.load(this.style,t,function(){var r=arguments.length>0&&arguments[0]!==void 0?arguments[0]:``;return z.transformCSS(t.name||e.name,`${r}${pt(xt||=Ft([``,``]),n)}`)})},getCommonTheme:function(e){return z.getCommon(this.name,e)},getComponentTheme:function(e){return z.getComponent(this.name,e)},getDirectiveTheme:function(e){return z.getDirective(this.name,e)},getPresetTheme:function(e,t,n){return z.getCustomPreset(this.name,e,t,n)},getLayerOrderThemeCSS:function(){return z.getLayerOrderCSS(this.name)},getStyleSheet:function(){var e=arguments.length>0&&arguments[0]!==void 0?arguments[0]:``,t=arguments.length>1&&arguments[1]!==void 0?arguments[1]:{};if(this.css){var n=M(this.css,{dt})||``,r=ce(pt(St||=Ft([``,``,``]),n,e)),i=Object.entries(t).reduce(function(e,t){var n=wt(t,2),r=n[0],i=n[1];return e.push(`${r}="${i}"`)&&e},[]).join(` `);return O(r)?`<style type="text/css" data-primevue-style-id="${this.name}" ${i}>${r}</style>`:``}return``},getCommonThemeStyleSheet:function(e){var t=arguments.length>1&&arguments[1]!==void 0?arguments[1]:{};return z.getCommonStyleSheet(this.name,e,t)},getThemeStyleSheet:function(e){var t=arguments.length>1&&arguments[1]!==void 0?arguments[1]:{},n=[z.getStyleSheet(this.name,e,t)];if(this.style){var r=this.name===`base`?`global-style`:`${this.name}-style`,i=pt(Ct||=Ft([``,``]),M(this.style,{dt})),a=ce(z.transformCSS(r,i)),o=Object.entries(t).reduce(function(e,t){var n=wt(t,2),r=n[0],i=n[1];return e.push(`${r}="${i}"`)&&e},[]).join(` `);O(a)&&n.push(`<style type="text/css" data-primevue-style-id="${r}" ${o}>${a}</style>`)}return n.join(``)},extend:function(e){return jt(jt({},this),{},{css:void 0,style:void 0},e)}},It=de(),V={_loadedStyleNames:new Set,getLoadedStyleNames:function(){return this._loadedStyleNames},isStyleNameLoaded:function(e){return this._loadedStyleNames.has(e)},setLoadedStyleName:function(e){this._loadedStyleNames.add(e)},deleteLoadedStyleName:function(e){this._loadedStyleNames.delete(e)},clearLoadedStyleNames:function(){this._loadedStyleNames.clear()}};function Lt(){return`${arguments.length>0&&arguments[0]!==void 0?arguments[0]:`pc`}${o().replace(`v-`,``).replaceAll(`-`,`_`)}`}var Rt=B.extend({name:`common`});function zt(e){"@babel/helpers - typeof";return zt=typeof Symbol==`function`&&typeof Symbol.iterator==`symbol`?function(e){return typeof e}:function(e){return e&&typeof Symbol==`function`&&e.constructor===Symbol&&e!==Symbol.prototype?`symbol`:typeof e},zt(e)}function Bt(e){return qt(e)||Vt(e)||Wt(e)||Ut()}function Vt(e){if(typeof Symbol<`u`&&e[Symbol.iterator]!=null||e[`@@iterator`]!=null)return Array.from(e)}function Ht(e,t){return qt(e)||Kt(e,t)||Wt(e,t)||Ut()}function Ut(){throw TypeError(`Invalid attempt to destructure non-iterable instance.
In order to be iterable, non-array objects must have a [Symbol.iterator]() method.`)}function Wt(e,t){if(e){if(typeof e==`string`)return Gt(e,t);var n={}.toString.call(e).slice(8,-1);return n===`Object`&&e.constructor&&(n=e.constructor.name),n===`Map`||n===`Set`?Array.from(e):n===`Arguments`||/^(?:Ui|I)nt(?:8|16|32)(?:Clamped)?Array$/.test(n)?Gt(e,t):void 0}}function Gt(e,t){(t==null||t>e.length)&&(t=e.length);for(var n=0,r=Array(t);n<t;n++)r[n]=e[n];return r}function Kt(e,t){var n=e==null?null:typeof Symbol<`u`&&e[Symbol.iterator]||e[`@@iterator`];if(n!=null){var r,i,a,o,s=[],c=!0,l=!1;try{if(a=(n=n.call(e)).next,t===0){if(Object(n)!==n)return;c=!1}else for(;!(c=(r=a.call(n)).done)&&(s.push(r.value),s.length!==t);c=!0);}catch(e){l=!0,i=e}finally{try{if(!c&&n.return!=null&&(o=n.return(),Object(o)!==o))return}finally{if(l)throw i}}return s}}function qt(e){if(Array.isArray(e))return e}function Jt(e,t){var n=Object.keys(e);if(Object.getOwnPropertySymbols){var r=Object.getOwnPropertySymbols(e);t&&(r=r.filter(function(t){return Object.getOwnPropertyDescriptor(e,t).enumerable})),n.push.apply(n,r)}return n}function H(e){for(var t=1;t<arguments.length;t++){var n=arguments[t]==null?{}:arguments[t];t%2?Jt(Object(n),!0).forEach(function(t){Yt(e,t,n[t])}):Object.getOwnPropertyDescriptors?Object.defineProperties(e,Object.getOwnPropertyDescriptors(n)):Jt(Object(n)).forEach(function(t){Object.defineProperty(e,t,Object.getOwnPropertyDescriptor(n,t))})}return e}function Yt(e,t,n){return(t=Xt(t))in e?Object.defineProperty(e,t,{value:n,enumerable:!0,configurable:!0,writable:!0}):e[t]=n,e}function Xt(e){var t=Zt(e,`string`);return zt(t)==`symbol`?t:t+``}function Zt(e,t){if(zt(e)!=`object`||!e)return e;var n=e[Symbol.toPrimitive];if(n!==void 0){var r=n.call(e,t);if(zt(r)!=`object`)return r;throw TypeError(`@@toPrimitive must return a primitive value.`)}return(t===`string`?String:Number)(e)}var Qt={name:`BaseComponent`,props:{pt:{type:Object,default:void 0},ptOptions:{type:Object,default:void 0},unstyled:{type:Boolean,default:void 0},dt:{type:Object,default:void 0}},inject:{$parentInstance:{default:void 0}},watch:{isUnstyled:{immediate:!0,handler:function(e){L.off(`theme:change`,this._loadCoreStyles),e||(this._loadCoreStyles(),this._themeChangeListener(this._loadCoreStyles))}},dt:{immediate:!0,handler:function(e,t){var n=this;L.off(`theme:change`,this._themeScopedListener),e?(this._loadScopedThemeStyles(e),this._themeScopedListener=function(){return n._loadScopedThemeStyles(e)},this._themeChangeListener(this._themeScopedListener)):this._unloadScopedThemeStyles()}}},scopedStyleEl:void 0,rootEl:void 0,uid:void 0,$attrSelector:void 0,beforeCreate:function(){var e,t,n,r,i,a,o,s,c,l,u=this.pt?._usept,d=u?(e=this.pt)==null||(e=e.originalValue)==null?void 0:e[this.$.type.name]:void 0;(n=(u?(t=this.pt)==null||(t=t.value)==null?void 0:t[this.$.type.name]:this.pt)||d)==null||(n=n.hooks)==null||(r=n.onBeforeCreate)==null||r.call(n);var f=(i=this.$primevueConfig)==null||(i=i.pt)==null?void 0:i._usept,p=f?(a=this.$primevue)==null||(a=a.config)==null||(a=a.pt)==null?void 0:a.originalValue:void 0;(c=(f?(o=this.$primevue)==null||(o=o.config)==null||(o=o.pt)==null?void 0:o.value:(s=this.$primevue)==null||(s=s.config)==null?void 0:s.pt)||p)==null||(c=c[this.$.type.name])==null||(c=c.hooks)==null||(l=c.onBeforeCreate)==null||l.call(c),this.$attrSelector=Lt(),this.uid=this.$attrs.id||this.$attrSelector.replace(`pc`,`pv_id_`)},created:function(){this._hook(`onCreated`)},beforeMount:function(){this.rootEl=De(Ce(this.$el)?this.$el:this.$el?.parentElement,`[${this.$attrSelector}]`),this.rootEl&&(this.rootEl.$pc=H({name:this.$.type.name,attrSelector:this.$attrSelector},this.$params)),this._loadStyles(),this._hook(`onBeforeMount`)},mounted:function(){this._hook(`onMounted`)},beforeUpdate:function(){this._hook(`onBeforeUpdate`)},updated:function(){this._hook(`onUpdated`)},beforeUnmount:function(){this._hook(`onBeforeUnmount`)},unmounted:function(){this._removeThemeListeners(),this._unloadScopedThemeStyles(),this._hook(`onUnmounted`)},methods:{_hook:function(e){if(!this.$options.hostName){var t=this._usePT(this._getPT(this.pt,this.$.type.name),this._getOptionValue,`hooks.${e}`),n=this._useDefaultPT(this._getOptionValue,`hooks.${e}`);t?.(),n?.()}},_mergeProps:function(e){var t=[...arguments].slice(1);return D(e)?e.apply(void 0,t):d.apply(void 0,t)},_load:function(){V.isStyleNameLoaded(`base`)||(B.loadCSS(this.$styleOptions),this._loadGlobalStyles(),V.setLoadedStyleName(`base`)),this._loadThemeStyles()},_loadStyles:function(){this._load(),this._themeChangeListener(this._load)},_loadCoreStyles:function(){var e;!V.isStyleNameLoaded(this.$style?.name)&&(e=this.$style)!=null&&e.name&&(Rt.loadCSS(this.$styleOptions),this.$options.style&&this.$style.loadCSS(this.$styleOptions),V.setLoadedStyleName(this.$style.name))},_loadGlobalStyles:function(){var e=this._useGlobalPT(this._getOptionValue,`global.css`,this.$params);O(e)&&B.load(e,H({name:`global`},this.$styleOptions))},_loadThemeStyles:function(){var e;if(!(this.isUnstyled||this.$theme===`none`)){if(!z.isStyleNameLoaded(`common`)){var t,n,r=((t=this.$style)==null||(n=t.getCommonTheme)==null?void 0:n.call(t))||{},i=r.primitive,a=r.semantic,o=r.global,s=r.style;B.load(i?.css,H({name:`primitive-variables`},this.$styleOptions)),B.load(a?.css,H({name:`semantic-variables`},this.$styleOptions)),B.load(o?.css,H({name:`global-variables`},this.$styleOptions)),B.loadStyle(H({name:`global-style`},this.$styleOptions),s),z.setLoadedStyleName(`common`)}if(!z.isStyleNameLoaded(this.$style?.name)&&(e=this.$style)!=null&&e.name){var c,l,u,d,f=((c=this.$style)==null||(l=c.getComponentTheme)==null?void 0:l.call(c))||{},p=f.css,m=f.style;(u=this.$style)==null||u.load(p,H({name:`${this.$style.name}-variables`},this.$styleOptions)),(d=this.$style)==null||d.loadStyle(H({name:`${this.$style.name}-style`},this.$styleOptions),m),z.setLoadedStyleName(this.$style.name)}if(!z.isStyleNameLoaded(`layer-order`)){var h,g,_=(h=this.$style)==null||(g=h.getLayerOrderThemeCSS)==null?void 0:g.call(h);B.load(_,H({name:`layer-order`,first:!0},this.$styleOptions)),z.setLoadedStyleName(`layer-order`)}}},_loadScopedThemeStyles:function(e){var t,n,r=(((t=this.$style)==null||(n=t.getPresetTheme)==null?void 0:n.call(t,e,`[${this.$attrSelector}]`))||{}).css,i=this.$style?.load(r,H({name:`${this.$attrSelector}-${this.$style.name}`},this.$styleOptions));this.scopedStyleEl=i.el},_unloadScopedThemeStyles:function(){var e;(e=this.scopedStyleEl)==null||(e=e.value)==null||e.remove()},_themeChangeListener:function(){var e=arguments.length>0&&arguments[0]!==void 0?arguments[0]:function(){};V.clearLoadedStyleNames(),L.on(`theme:change`,e)},_removeThemeListeners:function(){L.off(`theme:change`,this._loadCoreStyles),L.off(`theme:change`,this._load),L.off(`theme:change`,this._themeScopedListener)},_getHostInstance:function(e){return e?this.$options.hostName?e.$.type.name===this.$options.hostName?e:this._getHostInstance(e.$parentInstance):e.$parentInstance:void 0},_getPropValue:function(e){return this[e]||this._getHostInstance(this)?.[e]},_getOptionValue:function(e){return re(e,arguments.length>1&&arguments[1]!==void 0?arguments[1]:``,arguments.length>2&&arguments[2]!==void 0?arguments[2]:{})},_getPTValue:function(){var e=arguments.length>0&&arguments[0]!==void 0?arguments[0]:{},t=arguments.length>1&&arguments[1]!==void 0?arguments[1]:``,n=arguments.length>2&&arguments[2]!==void 0?arguments[2]:{},r=arguments.length>3&&arguments[3]!==void 0?arguments[3]:!0,i=/./g.test(t)&&!!n[t.split(`.`)[0]],a=this._getPropValue(`ptOptions`)||this.$primevueConfig?.ptOptions||{},o=a.mergeSections,s=o===void 0||o,c=a.mergeProps,l=c!==void 0&&c,u=r?i?this._useGlobalPT(this._getPTClassValue,t,n):this._useDefaultPT(this._getPTClassValue,t,n):void 0,d=i?void 0:this._getPTSelf(e,this._getPTClassValue,t,H(H({},n),{},{global:u||{}})),f=this._getPTDatasets(t);return s||!s&&d?l?this._mergeProps(l,u,d,f):H(H(H({},u),d),f):H(H({},d),f)},_getPTSelf:function(){var e=arguments.length>0&&arguments[0]!==void 0?arguments[0]:{},t=[...arguments].slice(1);return d(this._usePT.apply(this,[this._getPT(e,this.$name)].concat(t)),this._usePT.apply(this,[this.$_attrsPT].concat(t)))},_getPTDatasets:function(){var e=arguments.length>0&&arguments[0]!==void 0?arguments[0]:``,t=`data-pc-`,n=e===`root`&&O(this.pt?.[`data-pc-section`]);return e!==`transition`&&H(H({},e===`root`&&H(H(Yt({},`${t}name`,P(n?this.pt?.[`data-pc-section`]:this.$.type.name)),n&&Yt({},`${t}extend`,P(this.$.type.name))),{},Yt({},`${this.$attrSelector}`,``))),{},Yt({},`${t}section`,P(e)))},_getPTClassValue:function(){var e=this._getOptionValue.apply(this,arguments);return N(e)||ie(e)?{class:e}:e},_getPT:function(e){var t=this,n=arguments.length>1&&arguments[1]!==void 0?arguments[1]:``,r=arguments.length>2?arguments[2]:void 0,i=function(e){var i=arguments.length>1&&arguments[1]!==void 0&&arguments[1],a=r?r(e):e,o=P(n),s=P(t.$name);return(i&&o===s?void 0:a?.[o])??a};return e!=null&&e.hasOwnProperty(`_usept`)?{_usept:e._usept,originalValue:i(e.originalValue),value:i(e.value)}:i(e,!0)},_usePT:function(e,t,n,r){var i=function(e){return t(e,n,r)};if(e!=null&&e.hasOwnProperty(`_usept`)){var a=e._usept||this.$primevueConfig?.ptOptions||{},o=a.mergeSections,s=o===void 0||o,c=a.mergeProps,l=c!==void 0&&c,u=i(e.originalValue),d=i(e.value);return u===void 0&&d===void 0?void 0:N(d)?d:N(u)?u:s||!s&&d?l?this._mergeProps(l,u,d):H(H({},u),d):d}return i(e)},_useGlobalPT:function(e,t,n){return this._usePT(this.globalPT,e,t,n)},_useDefaultPT:function(e,t,n){return this._usePT(this.defaultPT,e,t,n)},ptm:function(){var e=arguments.length>0&&arguments[0]!==void 0?arguments[0]:``,t=arguments.length>1&&arguments[1]!==void 0?arguments[1]:{};return this._getPTValue(this.pt,e,H(H({},this.$params),t))},ptmi:function(){var e=arguments.length>0&&arguments[0]!==void 0?arguments[0]:``,t=arguments.length>1&&arguments[1]!==void 0?arguments[1]:{},n=d(this.$_attrsWithoutPT,this.ptm(e,t));return n!=null&&n.hasOwnProperty(`id`)&&(n.id??=this.$id),n},ptmo:function(){var e=arguments.length>0&&arguments[0]!==void 0?arguments[0]:{},t=arguments.length>1&&arguments[1]!==void 0?arguments[1]:``,n=arguments.length>2&&arguments[2]!==void 0?arguments[2]:{};return this._getPTValue(e,t,H({instance:this},n),!1)},cx:function(){var e=arguments.length>0&&arguments[0]!==void 0?arguments[0]:``,t=arguments.length>1&&arguments[1]!==void 0?arguments[1]:{};return this.isUnstyled?void 0:this._getOptionValue(this.$style.classes,e,H(H({},this.$params),t))},sx:function(){var e=arguments.length>0&&arguments[0]!==void 0?arguments[0]:``,t=arguments.length>1&&arguments[1]!==void 0?arguments[1]:!0,n=arguments.length>2&&arguments[2]!==void 0?arguments[2]:{};if(t){var r=this._getOptionValue(this.$style.inlineStyles,e,H(H({},this.$params),n));return[this._getOptionValue(Rt.inlineStyles,e,H(H({},this.$params),n)),r]}}},computed:{globalPT:function(){var e=this;return this._getPT(this.$primevueConfig?.pt,void 0,function(t){return M(t,{instance:e})})},defaultPT:function(){var e=this;return this._getPT(this.$primevueConfig?.pt,void 0,function(t){return e._getOptionValue(t,e.$name,H({},e.$params))||M(t,H({},e.$params))})},isUnstyled:function(){return this.unstyled===void 0?this.$primevueConfig?.unstyled:this.unstyled},$id:function(){return this.$attrs.id||this.uid},$inProps:function(){var e=Object.keys(this.$.vnode?.props||{});return Object.fromEntries(Object.entries(this.$props).filter(function(t){var n=Ht(t,1)[0];return e?.includes(n)}))},$theme:function(){return this.$primevueConfig?.theme},$style:function(){return H(H({classes:void 0,inlineStyles:void 0,load:function(){},loadCSS:function(){},loadStyle:function(){}},(this._getHostInstance(this)||{}).$style),this.$options.style)},$styleOptions:function(){var e;return{nonce:(e=this.$primevueConfig)==null||(e=e.csp)==null?void 0:e.nonce}},$primevueConfig:function(){return this.$primevue?.config},$name:function(){return this.$options.hostName||this.$.type.name},$params:function(){var e=this._getHostInstance(this)||this.$parent;return{instance:this,props:this.$props,state:this.$data,attrs:this.$attrs,parent:{instance:e,props:e?.$props,state:e?.$data,attrs:e?.$attrs}}},$_attrsPT:function(){return Object.entries(this.$attrs||{}).filter(function(e){return Ht(e,1)[0]?.startsWith(`pt:`)}).reduce(function(e,t){var n=Ht(t,2),r=n[0],i=n[1];return Gt(Bt(r.split(`:`))).slice(1)?.reduce(function(e,t,n,r){return!e[t]&&(e[t]=n===r.length-1?i:{}),e[t]},e),e},{})},$_attrsWithoutPT:function(){return Object.entries(this.$attrs||{}).filter(function(e){var t=Ht(e,1)[0];return!(t!=null&&t.startsWith(`pt:`))}).reduce(function(e,t){var n=Ht(t,2),r=n[0];return e[r]=n[1],e},{})}}},$t=B.extend({name:`baseicon`,css:`
.p-icon {
    display: inline-block;
    vertical-align: baseline;
    flex-shrink: 0;
}

.p-icon-spin {
    -webkit-animation: p-icon-spin 2s infinite linear;
    animation: p-icon-spin 2s infinite linear;
}

@-webkit-keyframes p-icon-spin {
    0% {
        -webkit-transform: rotate(0deg);
        transform: rotate(0deg);
    }
    100% {
        -webkit-transform: rotate(359deg);
        transform: rotate(359deg);
    }
}

@keyframes p-icon-spin {
    0% {
        -webkit-transform: rotate(0deg);
        transform: rotate(0deg);
    }
    100% {
        -webkit-transform: rotate(359deg);
        transform: rotate(359deg);
    }
}
`});function en(e){"@babel/helpers - typeof";return en=typeof Symbol==`function`&&typeof Symbol.iterator==`symbol`?function(e){return typeof e}:function(e){return e&&typeof Symbol==`function`&&e.constructor===Symbol&&e!==Symbol.prototype?`symbol`:typeof e},en(e)}function tn(e,t){var n=Object.keys(e);if(Object.getOwnPropertySymbols){var r=Object.getOwnPropertySymbols(e);t&&(r=r.filter(function(t){return Object.getOwnPropertyDescriptor(e,t).enumerable})),n.push.apply(n,r)}return n}function nn(e){for(var t=1;t<arguments.length;t++){var n=arguments[t]==null?{}:arguments[t];t%2?tn(Object(n),!0).forEach(function(t){rn(e,t,n[t])}):Object.getOwnPropertyDescriptors?Object.defineProperties(e,Object.getOwnPropertyDescriptors(n)):tn(Object(n)).forEach(function(t){Object.defineProperty(e,t,Object.getOwnPropertyDescriptor(n,t))})}return e}function rn(e,t,n){return(t=an(t))in e?Object.defineProperty(e,t,{value:n,enumerable:!0,configurable:!0,writable:!0}):e[t]=n,e}function an(e){var t=on(e,`string`);return en(t)==`symbol`?t:t+``}function on(e,t){if(en(e)!=`object`||!e)return e;var n=e[Symbol.toPrimitive];if(n!==void 0){var r=n.call(e,t);if(en(r)!=`object`)return r;throw TypeError(`@@toPrimitive must return a primitive value.`)}return(t===`string`?String:Number)(e)}var sn={name:`BaseIcon`,extends:Qt,props:{label:{type:String,default:void 0},spin:{type:Boolean,default:!1}},style:$t,provide:function(){return{$pcIcon:this,$parentInstance:this}},methods:{pti:function(){var e=E(this.label);return nn(nn({},!this.isUnstyled&&{class:[`p-icon`,{"p-icon-spin":this.spin}]}),{},{role:e?void 0:`img`,"aria-label":e?void 0:this.label,"aria-hidden":e})}}},cn={name:`SpinnerIcon`,extends:sn};function ln(e){return pn(e)||fn(e)||dn(e)||un()}function un(){throw TypeError(`Invalid attempt to spread non-iterable instance.
In order to be iterable, non-array objects must have a [Symbol.iterator]() method.`)}function dn(e,t){if(e){if(typeof e==`string`)return mn(e,t);var n={}.toString.call(e).slice(8,-1);return n===`Object`&&e.constructor&&(n=e.constructor.name),n===`Map`||n===`Set`?Array.from(e):n===`Arguments`||/^(?:Ui|I)nt(?:8|16|32)(?:Clamped)?Array$/.test(n)?mn(e,t):void 0}}function fn(e){if(typeof Symbol<`u`&&e[Symbol.iterator]!=null||e[`@@iterator`]!=null)return Array.from(e)}function pn(e){if(Array.isArray(e))return mn(e)}function mn(e,t){(t==null||t>e.length)&&(t=e.length);for(var n=0,r=Array(t);n<t;n++)r[n]=e[n];return r}function hn(e,r,i,o,s,c){return a(),t(`svg`,d({width:`14`,height:`14`,viewBox:`0 0 14 14`,fill:`none`,xmlns:`http://www.w3.org/2000/svg`},e.pti()),ln(r[0]||=[n(`path`,{d:`M6.99701 14C5.85441 13.999 4.72939 13.7186 3.72012 13.1832C2.71084 12.6478 1.84795 11.8737 1.20673 10.9284C0.565504 9.98305 0.165424 8.89526 0.041387 7.75989C-0.0826496 6.62453 0.073125 5.47607 0.495122 4.4147C0.917119 3.35333 1.59252 2.4113 2.46241 1.67077C3.33229 0.930247 4.37024 0.413729 5.4857 0.166275C6.60117 -0.0811796 7.76026 -0.0520535 8.86188 0.251112C9.9635 0.554278 10.9742 1.12227 11.8057 1.90555C11.915 2.01493 11.9764 2.16319 11.9764 2.31778C11.9764 2.47236 11.915 2.62062 11.8057 2.73C11.7521 2.78503 11.688 2.82877 11.6171 2.85864C11.5463 2.8885 11.4702 2.90389 11.3933 2.90389C11.3165 2.90389 11.2404 2.8885 11.1695 2.85864C11.0987 2.82877 11.0346 2.78503 10.9809 2.73C9.9998 1.81273 8.73246 1.26138 7.39226 1.16876C6.05206 1.07615 4.72086 1.44794 3.62279 2.22152C2.52471 2.99511 1.72683 4.12325 1.36345 5.41602C1.00008 6.70879 1.09342 8.08723 1.62775 9.31926C2.16209 10.5513 3.10478 11.5617 4.29713 12.1803C5.48947 12.7989 6.85865 12.988 8.17414 12.7157C9.48963 12.4435 10.6711 11.7264 11.5196 10.6854C12.3681 9.64432 12.8319 8.34282 12.8328 7C12.8328 6.84529 12.8943 6.69692 13.0038 6.58752C13.1132 6.47812 13.2616 6.41667 13.4164 6.41667C13.5712 6.41667 13.7196 6.47812 13.8291 6.58752C13.9385 6.69692 14 6.84529 14 7C14 8.85651 13.2622 10.637 11.9489 11.9497C10.6356 13.2625 8.85432 14 6.99701 14Z`,fill:`currentColor`},null,-1)]),16)}cn.render=hn;var gn=B.extend({name:`badge`,style:`
    .p-badge {
        display: inline-flex;
        border-radius: dt('badge.border.radius');
        align-items: center;
        justify-content: center;
        padding: dt('badge.padding');
        background: dt('badge.primary.background');
        color: dt('badge.primary.color');
        font-size: dt('badge.font.size');
        font-weight: dt('badge.font.weight');
        min-width: dt('badge.min.width');
        height: dt('badge.height');
    }

    .p-badge-dot {
        width: dt('badge.dot.size');
        min-width: dt('badge.dot.size');
        height: dt('badge.dot.size');
        border-radius: 50%;
        padding: 0;
    }

    .p-badge-circle {
        padding: 0;
        border-radius: 50%;
    }

    .p-badge-secondary {
        background: dt('badge.secondary.background');
        color: dt('badge.secondary.color');
    }

    .p-badge-success {
        background: dt('badge.success.background');
        color: dt('badge.success.color');
    }

    .p-badge-info {
        background: dt('badge.info.background');
        color: dt('badge.info.color');
    }

    .p-badge-warn {
        background: dt('badge.warn.background');
        color: dt('badge.warn.color');
    }

    .p-badge-danger {
        background: dt('badge.danger.background');
        color: dt('badge.danger.color');
    }

    .p-badge-contrast {
        background: dt('badge.contrast.background');
        color: dt('badge.contrast.color');
    }

    .p-badge-sm {
        font-size: dt('badge.sm.font.size');
        min-width: dt('badge.sm.min.width');
        height: dt('badge.sm.height');
    }

    .p-badge-lg {
        font-size: dt('badge.lg.font.size');
        min-width: dt('badge.lg.min.width');
        height: dt('badge.lg.height');
    }

    .p-badge-xl {
        font-size: dt('badge.xl.font.size');
        min-width: dt('badge.xl.min.width');
        height: dt('badge.xl.height');
    }
`,classes:{root:function(e){var t=e.props,n=e.instance;return[`p-badge p-component`,{"p-badge-circle":O(t.value)&&String(t.value).length===1,"p-badge-dot":E(t.value)&&!n.$slots.default,"p-badge-sm":t.size===`small`,"p-badge-lg":t.size===`large`,"p-badge-xl":t.size===`xlarge`,"p-badge-info":t.severity===`info`,"p-badge-success":t.severity===`success`,"p-badge-warn":t.severity===`warn`,"p-badge-danger":t.severity===`danger`,"p-badge-secondary":t.severity===`secondary`,"p-badge-contrast":t.severity===`contrast`}]}}}),_n={name:`BaseBadge`,extends:Qt,props:{value:{type:[String,Number],default:null},severity:{type:String,default:null},size:{type:String,default:null}},style:gn,provide:function(){return{$pcBadge:this,$parentInstance:this}}};function vn(e){"@babel/helpers - typeof";return vn=typeof Symbol==`function`&&typeof Symbol.iterator==`symbol`?function(e){return typeof e}:function(e){return e&&typeof Symbol==`function`&&e.constructor===Symbol&&e!==Symbol.prototype?`symbol`:typeof e},vn(e)}function yn(e,t,n){return(t=bn(t))in e?Object.defineProperty(e,t,{value:n,enumerable:!0,configurable:!0,writable:!0}):e[t]=n,e}function bn(e){var t=xn(e,`string`);return vn(t)==`symbol`?t:t+``}function xn(e,t){if(vn(e)!=`object`||!e)return e;var n=e[Symbol.toPrimitive];if(n!==void 0){var r=n.call(e,t);if(vn(r)!=`object`)return r;throw TypeError(`@@toPrimitive must return a primitive value.`)}return(t===`string`?String:Number)(e)}var Sn={name:`Badge`,extends:_n,inheritAttrs:!1,computed:{dataP:function(){return fe(yn(yn({circle:this.value!=null&&String(this.value).length===1,empty:this.value==null&&!this.$slots.default},this.severity,this.severity),this.size,this.size))}}},Cn=[`data-p`];function wn(e,n,r,i,o,s){return a(),t(`span`,d({class:e.cx(`root`),"data-p":s.dataP},e.ptmi(`root`)),[f(e.$slots,`default`,{},function(){return[c(te(e.value),1)]})],16,Cn)}Sn.render=wn;function Tn(e){"@babel/helpers - typeof";return Tn=typeof Symbol==`function`&&typeof Symbol.iterator==`symbol`?function(e){return typeof e}:function(e){return e&&typeof Symbol==`function`&&e.constructor===Symbol&&e!==Symbol.prototype?`symbol`:typeof e},Tn(e)}function En(e,t){return jn(e)||An(e,t)||On(e,t)||Dn()}function Dn(){throw TypeError(`Invalid attempt to destructure non-iterable instance.
In order to be iterable, non-array objects must have a [Symbol.iterator]() method.`)}function On(e,t){if(e){if(typeof e==`string`)return kn(e,t);var n={}.toString.call(e).slice(8,-1);return n===`Object`&&e.constructor&&(n=e.constructor.name),n===`Map`||n===`Set`?Array.from(e):n===`Arguments`||/^(?:Ui|I)nt(?:8|16|32)(?:Clamped)?Array$/.test(n)?kn(e,t):void 0}}function kn(e,t){(t==null||t>e.length)&&(t=e.length);for(var n=0,r=Array(t);n<t;n++)r[n]=e[n];return r}function An(e,t){var n=e==null?null:typeof Symbol<`u`&&e[Symbol.iterator]||e[`@@iterator`];if(n!=null){var r,i,a,o,s=[],c=!0,l=!1;try{if(a=(n=n.call(e)).next,t!==0)for(;!(c=(r=a.call(n)).done)&&(s.push(r.value),s.length!==t);c=!0);}catch(e){l=!0,i=e}finally{try{if(!c&&n.return!=null&&(o=n.return(),Object(o)!==o))return}finally{if(l)throw i}}return s}}function jn(e){if(Array.isArray(e))return e}function Mn(e,t){var n=Object.keys(e);if(Object.getOwnPropertySymbols){var r=Object.getOwnPropertySymbols(e);t&&(r=r.filter(function(t){return Object.getOwnPropertyDescriptor(e,t).enumerable})),n.push.apply(n,r)}return n}function U(e){for(var t=1;t<arguments.length;t++){var n=arguments[t]==null?{}:arguments[t];t%2?Mn(Object(n),!0).forEach(function(t){Nn(e,t,n[t])}):Object.getOwnPropertyDescriptors?Object.defineProperties(e,Object.getOwnPropertyDescriptors(n)):Mn(Object(n)).forEach(function(t){Object.defineProperty(e,t,Object.getOwnPropertyDescriptor(n,t))})}return e}function Nn(e,t,n){return(t=Pn(t))in e?Object.defineProperty(e,t,{value:n,enumerable:!0,configurable:!0,writable:!0}):e[t]=n,e}function Pn(e){var t=Fn(e,`string`);return Tn(t)==`symbol`?t:t+``}function Fn(e,t){if(Tn(e)!=`object`||!e)return e;var n=e[Symbol.toPrimitive];if(n!==void 0){var r=n.call(e,t);if(Tn(r)!=`object`)return r;throw TypeError(`@@toPrimitive must return a primitive value.`)}return(t===`string`?String:Number)(e)}var W={_getMeta:function(){return[k(arguments.length<=0?void 0:arguments[0])||arguments.length<=0?void 0:arguments[0],M(k(arguments.length<=0?void 0:arguments[0])?arguments.length<=0?void 0:arguments[0]:arguments.length<=1?void 0:arguments[1])]},_getConfig:function(e,t){var n,r;return((e==null||(n=e.instance)==null?void 0:n.$primevue)||(t==null||(r=t.ctx)==null||(r=r.appContext)==null||(r=r.config)==null||(r=r.globalProperties)==null?void 0:r.$primevue))?.config},_getOptionValue:re,_getPTValue:function(){var e,t=arguments.length>0&&arguments[0]!==void 0?arguments[0]:{},n=arguments.length>1&&arguments[1]!==void 0?arguments[1]:{},r=arguments.length>2&&arguments[2]!==void 0?arguments[2]:``,i=arguments.length>3&&arguments[3]!==void 0?arguments[3]:{},a=arguments.length>4&&arguments[4]!==void 0?arguments[4]:!0,o=function(){var e=W._getOptionValue.apply(W,arguments);return N(e)||ie(e)?{class:e}:e},s=((e=t.binding)==null||(e=e.value)==null?void 0:e.ptOptions)||t.$primevueConfig?.ptOptions||{},c=s.mergeSections,l=c===void 0||c,u=s.mergeProps,d=u!==void 0&&u,f=a?W._useDefaultPT(t,t.defaultPT(),o,r,i):void 0,p=W._usePT(t,W._getPT(n,t.$name),o,r,U(U({},i),{},{global:f||{}})),m=W._getPTDatasets(t,r);return l||!l&&p?d?W._mergeProps(t,d,f,p,m):U(U(U({},f),p),m):U(U({},p),m)},_getPTDatasets:function(){var e=arguments.length>0&&arguments[0]!==void 0?arguments[0]:{},t=arguments.length>1&&arguments[1]!==void 0?arguments[1]:``,n=`data-pc-`;return U(U({},t===`root`&&Nn({},`${n}name`,P(e.$name))),{},Nn({},`${n}section`,P(t)))},_getPT:function(e){var t=arguments.length>1&&arguments[1]!==void 0?arguments[1]:``,n=arguments.length>2?arguments[2]:void 0,r=function(e){var r=n?n(e):e,i=P(t);return r?.[i]??r};return e&&Object.hasOwn(e,`_usept`)?{_usept:e._usept,originalValue:r(e.originalValue),value:r(e.value)}:r(e)},_usePT:function(){var e=arguments.length>0&&arguments[0]!==void 0?arguments[0]:{},t=arguments.length>1?arguments[1]:void 0,n=arguments.length>2?arguments[2]:void 0,r=arguments.length>3?arguments[3]:void 0,i=arguments.length>4?arguments[4]:void 0,a=function(e){return n(e,r,i)};if(t&&Object.hasOwn(t,`_usept`)){var o=t._usept||e.$primevueConfig?.ptOptions||{},s=o.mergeSections,c=s===void 0||s,l=o.mergeProps,u=l!==void 0&&l,d=a(t.originalValue),f=a(t.value);return d===void 0&&f===void 0?void 0:N(f)?f:N(d)?d:c||!c&&f?u?W._mergeProps(e,u,d,f):U(U({},d),f):f}return a(t)},_useDefaultPT:function(){var e=arguments.length>0&&arguments[0]!==void 0?arguments[0]:{},t=arguments.length>1&&arguments[1]!==void 0?arguments[1]:{},n=arguments.length>2?arguments[2]:void 0,r=arguments.length>3?arguments[3]:void 0,i=arguments.length>4?arguments[4]:void 0;return W._usePT(e,t,n,r,i)},_loadStyles:function(){var e,t=arguments.length>0&&arguments[0]!==void 0?arguments[0]:{},n=arguments.length>1?arguments[1]:void 0,r=arguments.length>2?arguments[2]:void 0,i=W._getConfig(n,r),a={nonce:i==null||(e=i.csp)==null?void 0:e.nonce};W._loadCoreStyles(t,a),W._loadThemeStyles(t,a),W._loadScopedThemeStyles(t,a),W._removeThemeListeners(t),t.$loadStyles=function(){return W._loadThemeStyles(t,a)},W._themeChangeListener(t.$loadStyles)},_loadCoreStyles:function(){var e,t=arguments.length>0&&arguments[0]!==void 0?arguments[0]:{},n=arguments.length>1?arguments[1]:void 0;if(!V.isStyleNameLoaded(t.$style?.name)&&(e=t.$style)!=null&&e.name){var r;B.loadCSS(n),(r=t.$style)==null||r.loadCSS(n),V.setLoadedStyleName(t.$style.name)}},_loadThemeStyles:function(){var e,t,n=arguments.length>0&&arguments[0]!==void 0?arguments[0]:{},r=arguments.length>1?arguments[1]:void 0;if(!(n!=null&&n.isUnstyled()||(n==null||(e=n.theme)==null?void 0:e.call(n))===`none`)){if(!z.isStyleNameLoaded(`common`)){var i,a,o=((i=n.$style)==null||(a=i.getCommonTheme)==null?void 0:a.call(i))||{},s=o.primitive,c=o.semantic,l=o.global,u=o.style;B.load(s?.css,U({name:`primitive-variables`},r)),B.load(c?.css,U({name:`semantic-variables`},r)),B.load(l?.css,U({name:`global-variables`},r)),B.loadStyle(U({name:`global-style`},r),u),z.setLoadedStyleName(`common`)}if(!z.isStyleNameLoaded(n.$style?.name)&&(t=n.$style)!=null&&t.name){var d,f,p,m,h=((d=n.$style)==null||(f=d.getDirectiveTheme)==null?void 0:f.call(d))||{},g=h.css,_=h.style;(p=n.$style)==null||p.load(g,U({name:`${n.$style.name}-variables`},r)),(m=n.$style)==null||m.loadStyle(U({name:`${n.$style.name}-style`},r),_),z.setLoadedStyleName(n.$style.name)}if(!z.isStyleNameLoaded(`layer-order`)){var v,y,b=(v=n.$style)==null||(y=v.getLayerOrderThemeCSS)==null?void 0:y.call(v);B.load(b,U({name:`layer-order`,first:!0},r)),z.setLoadedStyleName(`layer-order`)}}},_loadScopedThemeStyles:function(){var e=arguments.length>0&&arguments[0]!==void 0?arguments[0]:{},t=arguments.length>1?arguments[1]:void 0,n=e.preset();if(n&&e.$attrSelector){var r,i,a=(((r=e.$style)==null||(i=r.getPresetTheme)==null?void 0:i.call(r,n,`[${e.$attrSelector}]`))||{}).css;e.scopedStyleEl=(e.$style?.load(a,U({name:`${e.$attrSelector}-${e.$style.name}`},t))).el}},_themeChangeListener:function(){var e=arguments.length>0&&arguments[0]!==void 0?arguments[0]:function(){};V.clearLoadedStyleNames(),L.on(`theme:change`,e)},_removeThemeListeners:function(){var e=arguments.length>0&&arguments[0]!==void 0?arguments[0]:{};L.off(`theme:change`,e.$loadStyles),e.$loadStyles=void 0},_hook:function(e,t,n,r,i,a){var o,s,c=`on${le(t)}`,l=W._getConfig(r,i),u=n?.$instance,d=W._usePT(u,W._getPT(r==null||(o=r.value)==null?void 0:o.pt,e),W._getOptionValue,`hooks.${c}`),f=W._useDefaultPT(u,l==null||(s=l.pt)==null||(s=s.directives)==null?void 0:s[e],W._getOptionValue,`hooks.${c}`),p={el:n,binding:r,vnode:i,prevVnode:a};d?.(u,p),f?.(u,p)},_mergeProps:function(){var e=arguments.length>1?arguments[1]:void 0,t=[...arguments].slice(2);return D(e)?e.apply(void 0,t):d.apply(void 0,t)},_extend:function(e){var t=arguments.length>1&&arguments[1]!==void 0?arguments[1]:{},n=function(n,r,i,a,o){var s,c,l;r._$instances=r._$instances||{};var u=W._getConfig(i,a),d=r._$instances[e]||{},f=E(d)?U(U({},t),t?.methods):{};r._$instances[e]=U(U({},d),{},{$name:e,$host:r,$binding:i,$modifiers:i?.modifiers,$value:i?.value,$el:d.$el||r||void 0,$style:U({classes:void 0,inlineStyles:void 0,load:function(){},loadCSS:function(){},loadStyle:function(){}},t?.style),$primevueConfig:u,$attrSelector:(s=r.$pd)==null||(s=s[e])==null?void 0:s.attrSelector,defaultPT:function(){return W._getPT(u?.pt,void 0,function(t){var n;return t==null||(n=t.directives)==null?void 0:n[e]})},isUnstyled:function(){var t,n;return((t=r._$instances[e])==null||(t=t.$binding)==null||(t=t.value)==null?void 0:t.unstyled)===void 0?u?.unstyled:(n=r._$instances[e])==null||(n=n.$binding)==null||(n=n.value)==null?void 0:n.unstyled},theme:function(){var t;return(t=r._$instances[e])==null||(t=t.$primevueConfig)==null?void 0:t.theme},preset:function(){var t;return(t=r._$instances[e])==null||(t=t.$binding)==null||(t=t.value)==null?void 0:t.dt},ptm:function(){var t,n=arguments.length>0&&arguments[0]!==void 0?arguments[0]:``,i=arguments.length>1&&arguments[1]!==void 0?arguments[1]:{};return W._getPTValue(r._$instances[e],(t=r._$instances[e])==null||(t=t.$binding)==null||(t=t.value)==null?void 0:t.pt,n,U({},i))},ptmo:function(){var t=arguments.length>0&&arguments[0]!==void 0?arguments[0]:{},n=arguments.length>1&&arguments[1]!==void 0?arguments[1]:``,i=arguments.length>2&&arguments[2]!==void 0?arguments[2]:{};return W._getPTValue(r._$instances[e],t,n,i,!1)},cx:function(){var t,n,i=arguments.length>0&&arguments[0]!==void 0?arguments[0]:``,a=arguments.length>1&&arguments[1]!==void 0?arguments[1]:{};return(t=r._$instances[e])!=null&&t.isUnstyled()?void 0:W._getOptionValue((n=r._$instances[e])==null||(n=n.$style)==null?void 0:n.classes,i,U({},a))},sx:function(){var t,n=arguments.length>0&&arguments[0]!==void 0?arguments[0]:``,i=arguments.length>1&&arguments[1]!==void 0?arguments[1]:!0,a=arguments.length>2&&arguments[2]!==void 0?arguments[2]:{};return i?W._getOptionValue((t=r._$instances[e])==null||(t=t.$style)==null?void 0:t.inlineStyles,n,U({},a)):void 0}},f),r.$instance=r._$instances[e],(c=(l=r.$instance)[n])==null||c.call(l,r,i,a,o),r[`$${e}`]=r.$instance,W._hook(e,n,r,i,a,o),r.$pd||={},r.$pd[e]=U(U({},r.$pd?.[e]),{},{name:e,instance:r._$instances[e]})},r=function(t){var n,r,i,a=t._$instances[e],o=a?.watch,s=function(e){var t,n=e.newValue,r=e.oldValue;return o==null||(t=o.config)==null?void 0:t.call(a,n,r)},c=function(e){var t,n=e.newValue,r=e.oldValue;return o==null||(t=o[`config.ripple`])==null?void 0:t.call(a,n,r)};a.$watchersCallback={config:s,"config.ripple":c},o==null||(n=o.config)==null||n.call(a,a?.$primevueConfig),It.on(`config:change`,s),o==null||(r=o[`config.ripple`])==null||r.call(a,a==null||(i=a.$primevueConfig)==null?void 0:i.ripple),It.on(`config:ripple:change`,c)},i=function(t){var n=t._$instances[e].$watchersCallback;n&&(It.off(`config:change`,n.config),It.off(`config:ripple:change`,n[`config.ripple`]),t._$instances[e].$watchersCallback=void 0)};return{created:function(t,r,i,a){t.$pd||={},t.$pd[e]={name:e,attrSelector:Ve(`pd`)},n(`created`,t,r,i,a)},beforeMount:function(t,i,a,o){W._loadStyles(t.$pd[e]?.instance,i,a),n(`beforeMount`,t,i,a,o),r(t)},mounted:function(t,r,i,a){W._loadStyles(t.$pd[e]?.instance,r,i),n(`mounted`,t,r,i,a)},beforeUpdate:function(e,t,r,i){n(`beforeUpdate`,e,t,r,i)},updated:function(t,r,i,a){W._loadStyles(t.$pd[e]?.instance,r,i),n(`updated`,t,r,i,a)},beforeUnmount:function(t,r,a,o){i(t),W._removeThemeListeners(t.$pd[e]?.instance),n(`beforeUnmount`,t,r,a,o)},unmounted:function(t,r,i,a){var o;(o=t.$pd[e])==null||(o=o.instance)==null||(o=o.scopedStyleEl)==null||(o=o.value)==null||o.remove(),n(`unmounted`,t,r,i,a)}}},extend:function(){var e=En(W._getMeta.apply(W,arguments),2),t=e[0],n=e[1];return U({extend:function(){var e=En(W._getMeta.apply(W,arguments),2),t=e[0],r=e[1];return W.extend(t,U(U(U({},n),n?.methods),r))}},W._extend(t,n))}},In=B.extend({name:`ripple-directive`,style:`
    .p-ink {
        display: block;
        position: absolute;
        background: dt('ripple.background');
        border-radius: 100%;
        transform: scale(0);
        pointer-events: none;
    }

    .p-ink-active {
        animation: ripple 0.4s linear;
    }

    @keyframes ripple {
        100% {
            opacity: 0;
            transform: scale(2.5);
        }
    }
`,classes:{root:`p-ink`}}),Ln=W.extend({style:In});function Rn(e){"@babel/helpers - typeof";return Rn=typeof Symbol==`function`&&typeof Symbol.iterator==`symbol`?function(e){return typeof e}:function(e){return e&&typeof Symbol==`function`&&e.constructor===Symbol&&e!==Symbol.prototype?`symbol`:typeof e},Rn(e)}function zn(e){return Un(e)||Hn(e)||Vn(e)||Bn()}function Bn(){throw TypeError(`Invalid attempt to spread non-iterable instance.
In order to be iterable, non-array objects must have a [Symbol.iterator]() method.`)}function Vn(e,t){if(e){if(typeof e==`string`)return Wn(e,t);var n={}.toString.call(e).slice(8,-1);return n===`Object`&&e.constructor&&(n=e.constructor.name),n===`Map`||n===`Set`?Array.from(e):n===`Arguments`||/^(?:Ui|I)nt(?:8|16|32)(?:Clamped)?Array$/.test(n)?Wn(e,t):void 0}}function Hn(e){if(typeof Symbol<`u`&&e[Symbol.iterator]!=null||e[`@@iterator`]!=null)return Array.from(e)}function Un(e){if(Array.isArray(e))return Wn(e)}function Wn(e,t){(t==null||t>e.length)&&(t=e.length);for(var n=0,r=Array(t);n<t;n++)r[n]=e[n];return r}function Gn(e,t,n){return(t=Kn(t))in e?Object.defineProperty(e,t,{value:n,enumerable:!0,configurable:!0,writable:!0}):e[t]=n,e}function Kn(e){var t=qn(e,`string`);return Rn(t)==`symbol`?t:t+``}function qn(e,t){if(Rn(e)!=`object`||!e)return e;var n=e[Symbol.toPrimitive];if(n!==void 0){var r=n.call(e,t);if(Rn(r)!=`object`)return r;throw TypeError(`@@toPrimitive must return a primitive value.`)}return(t===`string`?String:Number)(e)}var Jn=Ln.extend(`ripple`,{watch:{"config.ripple":function(e){e?(this.createRipple(this.$host),this.bindEvents(this.$host),this.$host.setAttribute(`data-pd-ripple`,!0),this.$host.style.overflow=`hidden`,this.$host.style.position=`relative`):(this.remove(this.$host),this.$host.removeAttribute(`data-pd-ripple`))}},unmounted:function(e){this.remove(e)},timeout:void 0,methods:{bindEvents:function(e){e.addEventListener(`mousedown`,this.onMouseDown.bind(this))},unbindEvents:function(e){e.removeEventListener(`mousedown`,this.onMouseDown.bind(this))},createRipple:function(e){var t=this.getInk(e);t||(t=Te(`span`,Gn(Gn({role:`presentation`,"aria-hidden":!0,"data-p-ink":!0,"data-p-ink-active":!1,class:!this.isUnstyled()&&this.cx(`root`),onAnimationEnd:this.onAnimationEnd.bind(this)},this.$attrSelector,``),`p-bind`,this.ptm(`root`))),e.appendChild(t),this.$el=t)},remove:function(e){var t=this.getInk(e);t&&(this.$host.style.overflow=``,this.$host.style.position=``,this.unbindEvents(e),t.removeEventListener(`animationend`,this.onAnimationEnd),t.remove())},onMouseDown:function(e){var t=this,n=e.currentTarget,r=this.getInk(n);if(r&&getComputedStyle(r,null).display!==`none`){if(!this.isUnstyled()&&_e(r,`p-ink-active`),r.setAttribute(`data-p-ink-active`,`false`),!Me(r)&&!Ie(r)){var i=Math.max(Se(n),Fe(n));r.style.height=i+`px`,r.style.width=i+`px`}var a=Pe(n),o=e.pageX-a.left+document.body.scrollTop-Ie(r)/2,s=e.pageY-a.top+document.body.scrollLeft-Me(r)/2;r.style.top=s+`px`,r.style.left=o+`px`,!this.isUnstyled()&&me(r,`p-ink-active`),r.setAttribute(`data-p-ink-active`,`true`),this.timeout=setTimeout(function(){r&&(!t.isUnstyled()&&_e(r,`p-ink-active`),r.setAttribute(`data-p-ink-active`,`false`))},401)}},onAnimationEnd:function(e){this.timeout&&clearTimeout(this.timeout),!this.isUnstyled()&&_e(e.currentTarget,`p-ink-active`),e.currentTarget.setAttribute(`data-p-ink-active`,`false`)},getInk:function(e){return e&&e.children?zn(e.children).find(function(e){return ke(e,`data-pc-name`)===`ripple`}):void 0}}}),Yn=`
    .p-button {
        display: inline-flex;
        cursor: pointer;
        user-select: none;
        align-items: center;
        justify-content: center;
        overflow: hidden;
        position: relative;
        color: dt('button.primary.color');
        background: dt('button.primary.background');
        border: 1px solid dt('button.primary.border.color');
        padding: dt('button.padding.y') dt('button.padding.x');
        font-size: 1rem;
        font-family: inherit;
        font-feature-settings: inherit;
        transition:
            background dt('button.transition.duration'),
            color dt('button.transition.duration'),
            border-color dt('button.transition.duration'),
            outline-color dt('button.transition.duration'),
            box-shadow dt('button.transition.duration');
        border-radius: dt('button.border.radius');
        outline-color: transparent;
        gap: dt('button.gap');
    }

    .p-button:disabled {
        cursor: default;
    }

    .p-button-icon-right {
        order: 1;
    }

    .p-button-icon-right:dir(rtl) {
        order: -1;
    }

    .p-button:not(.p-button-vertical) .p-button-icon:not(.p-button-icon-right):dir(rtl) {
        order: 1;
    }

    .p-button-icon-bottom {
        order: 2;
    }

    .p-button-icon-only {
        width: dt('button.icon.only.width');
        padding-inline-start: 0;
        padding-inline-end: 0;
        gap: 0;
    }

    .p-button-icon-only.p-button-rounded {
        border-radius: 50%;
        height: dt('button.icon.only.width');
    }

    .p-button-icon-only .p-button-label {
        visibility: hidden;
        width: 0;
    }

    .p-button-icon-only::after {
        content: "\xA0";
        visibility: hidden;
        width: 0;
    }

    .p-button-sm {
        font-size: dt('button.sm.font.size');
        padding: dt('button.sm.padding.y') dt('button.sm.padding.x');
    }

    .p-button-sm .p-button-icon {
        font-size: dt('button.sm.font.size');
    }

    .p-button-sm.p-button-icon-only {
        width: dt('button.sm.icon.only.width');
    }

    .p-button-sm.p-button-icon-only.p-button-rounded {
        height: dt('button.sm.icon.only.width');
    }

    .p-button-lg {
        font-size: dt('button.lg.font.size');
        padding: dt('button.lg.padding.y') dt('button.lg.padding.x');
    }

    .p-button-lg .p-button-icon {
        font-size: dt('button.lg.font.size');
    }

    .p-button-lg.p-button-icon-only {
        width: dt('button.lg.icon.only.width');
    }

    .p-button-lg.p-button-icon-only.p-button-rounded {
        height: dt('button.lg.icon.only.width');
    }

    .p-button-vertical {
        flex-direction: column;
    }

    .p-button-label {
        font-weight: dt('button.label.font.weight');
    }

    .p-button-fluid {
        width: 100%;
    }

    .p-button-fluid.p-button-icon-only {
        width: dt('button.icon.only.width');
    }

    .p-button:not(:disabled):hover {
        background: dt('button.primary.hover.background');
        border: 1px solid dt('button.primary.hover.border.color');
        color: dt('button.primary.hover.color');
    }

    .p-button:not(:disabled):active {
        background: dt('button.primary.active.background');
        border: 1px solid dt('button.primary.active.border.color');
        color: dt('button.primary.active.color');
    }

    .p-button:focus-visible {
        box-shadow: dt('button.primary.focus.ring.shadow');
        outline: dt('button.focus.ring.width') dt('button.focus.ring.style') dt('button.primary.focus.ring.color');
        outline-offset: dt('button.focus.ring.offset');
    }

    .p-button .p-badge {
        min-width: dt('button.badge.size');
        height: dt('button.badge.size');
        line-height: dt('button.badge.size');
    }

    .p-button-raised {
        box-shadow: dt('button.raised.shadow');
    }

    .p-button-rounded {
        border-radius: dt('button.rounded.border.radius');
    }

    .p-button-secondary {
        background: dt('button.secondary.background');
        border: 1px solid dt('button.secondary.border.color');
        color: dt('button.secondary.color');
    }

    .p-button-secondary:not(:disabled):hover {
        background: dt('button.secondary.hover.background');
        border: 1px solid dt('button.secondary.hover.border.color');
        color: dt('button.secondary.hover.color');
    }

    .p-button-secondary:not(:disabled):active {
        background: dt('button.secondary.active.background');
        border: 1px solid dt('button.secondary.active.border.color');
        color: dt('button.secondary.active.color');
    }

    .p-button-secondary:focus-visible {
        outline-color: dt('button.secondary.focus.ring.color');
        box-shadow: dt('button.secondary.focus.ring.shadow');
    }

    .p-button-success {
        background: dt('button.success.background');
        border: 1px solid dt('button.success.border.color');
        color: dt('button.success.color');
    }

    .p-button-success:not(:disabled):hover {
        background: dt('button.success.hover.background');
        border: 1px solid dt('button.success.hover.border.color');
        color: dt('button.success.hover.color');
    }

    .p-button-success:not(:disabled):active {
        background: dt('button.success.active.background');
        border: 1px solid dt('button.success.active.border.color');
        color: dt('button.success.active.color');
    }

    .p-button-success:focus-visible {
        outline-color: dt('button.success.focus.ring.color');
        box-shadow: dt('button.success.focus.ring.shadow');
    }

    .p-button-info {
        background: dt('button.info.background');
        border: 1px solid dt('button.info.border.color');
        color: dt('button.info.color');
    }

    .p-button-info:not(:disabled):hover {
        background: dt('button.info.hover.background');
        border: 1px solid dt('button.info.hover.border.color');
        color: dt('button.info.hover.color');
    }

    .p-button-info:not(:disabled):active {
        background: dt('button.info.active.background');
        border: 1px solid dt('button.info.active.border.color');
        color: dt('button.info.active.color');
    }

    .p-button-info:focus-visible {
        outline-color: dt('button.info.focus.ring.color');
        box-shadow: dt('button.info.focus.ring.shadow');
    }

    .p-button-warn {
        background: dt('button.warn.background');
        border: 1px solid dt('button.warn.border.color');
        color: dt('button.warn.color');
    }

    .p-button-warn:not(:disabled):hover {
        background: dt('button.warn.hover.background');
        border: 1px solid dt('button.warn.hover.border.color');
        color: dt('button.warn.hover.color');
    }

    .p-button-warn:not(:disabled):active {
        background: dt('button.warn.active.background');
        border: 1px solid dt('button.warn.active.border.color');
        color: dt('button.warn.active.color');
    }

    .p-button-warn:focus-visible {
        outline-color: dt('button.warn.focus.ring.color');
        box-shadow: dt('button.warn.focus.ring.shadow');
    }

    .p-button-help {
        background: dt('button.help.background');
        border: 1px solid dt('button.help.border.color');
        color: dt('button.help.color');
    }

    .p-button-help:not(:disabled):hover {
        background: dt('button.help.hover.background');
        border: 1px solid dt('button.help.hover.border.color');
        color: dt('button.help.hover.color');
    }

    .p-button-help:not(:disabled):active {
        background: dt('button.help.active.background');
        border: 1px solid dt('button.help.active.border.color');
        color: dt('button.help.active.color');
    }

    .p-button-help:focus-visible {
        outline-color: dt('button.help.focus.ring.color');
        box-shadow: dt('button.help.focus.ring.shadow');
    }

    .p-button-danger {
        background: dt('button.danger.background');
        border: 1px solid dt('button.danger.border.color');
        color: dt('button.danger.color');
    }

    .p-button-danger:not(:disabled):hover {
        background: dt('button.danger.hover.background');
        border: 1px solid dt('button.danger.hover.border.color');
        color: dt('button.danger.hover.color');
    }

    .p-button-danger:not(:disabled):active {
        background: dt('button.danger.active.background');
        border: 1px solid dt('button.danger.active.border.color');
        color: dt('button.danger.active.color');
    }

    .p-button-danger:focus-visible {
        outline-color: dt('button.danger.focus.ring.color');
        box-shadow: dt('button.danger.focus.ring.shadow');
    }

    .p-button-contrast {
        background: dt('button.contrast.background');
        border: 1px solid dt('button.contrast.border.color');
        color: dt('button.contrast.color');
    }

    .p-button-contrast:not(:disabled):hover {
        background: dt('button.contrast.hover.background');
        border: 1px solid dt('button.contrast.hover.border.color');
        color: dt('button.contrast.hover.color');
    }

    .p-button-contrast:not(:disabled):active {
        background: dt('button.contrast.active.background');
        border: 1px solid dt('button.contrast.active.border.color');
        color: dt('button.contrast.active.color');
    }

    .p-button-contrast:focus-visible {
        outline-color: dt('button.contrast.focus.ring.color');
        box-shadow: dt('button.contrast.focus.ring.shadow');
    }

    .p-button-outlined {
        background: transparent;
        border-color: dt('button.outlined.primary.border.color');
        color: dt('button.outlined.primary.color');
    }

    .p-button-outlined:not(:disabled):hover {
        background: dt('button.outlined.primary.hover.background');
        border-color: dt('button.outlined.primary.border.color');
        color: dt('button.outlined.primary.color');
    }

    .p-button-outlined:not(:disabled):active {
        background: dt('button.outlined.primary.active.background');
        border-color: dt('button.outlined.primary.border.color');
        color: dt('button.outlined.primary.color');
    }

    .p-button-outlined.p-button-secondary {
        border-color: dt('button.outlined.secondary.border.color');
        color: dt('button.outlined.secondary.color');
    }

    .p-button-outlined.p-button-secondary:not(:disabled):hover {
        background: dt('button.outlined.secondary.hover.background');
        border-color: dt('button.outlined.secondary.border.color');
        color: dt('button.outlined.secondary.color');
    }

    .p-button-outlined.p-button-secondary:not(:disabled):active {
        background: dt('button.outlined.secondary.active.background');
        border-color: dt('button.outlined.secondary.border.color');
        color: dt('button.outlined.secondary.color');
    }

    .p-button-outlined.p-button-success {
        border-color: dt('button.outlined.success.border.color');
        color: dt('button.outlined.success.color');
    }

    .p-button-outlined.p-button-success:not(:disabled):hover {
        background: dt('button.outlined.success.hover.background');
        border-color: dt('button.outlined.success.border.color');
        color: dt('button.outlined.success.color');
    }

    .p-button-outlined.p-button-success:not(:disabled):active {
        background: dt('button.outlined.success.active.background');
        border-color: dt('button.outlined.success.border.color');
        color: dt('button.outlined.success.color');
    }

    .p-button-outlined.p-button-info {
        border-color: dt('button.outlined.info.border.color');
        color: dt('button.outlined.info.color');
    }

    .p-button-outlined.p-button-info:not(:disabled):hover {
        background: dt('button.outlined.info.hover.background');
        border-color: dt('button.outlined.info.border.color');
        color: dt('button.outlined.info.color');
    }

    .p-button-outlined.p-button-info:not(:disabled):active {
        background: dt('button.outlined.info.active.background');
        border-color: dt('button.outlined.info.border.color');
        color: dt('button.outlined.info.color');
    }

    .p-button-outlined.p-button-warn {
        border-color: dt('button.outlined.warn.border.color');
        color: dt('button.outlined.warn.color');
    }

    .p-button-outlined.p-button-warn:not(:disabled):hover {
        background: dt('button.outlined.warn.hover.background');
        border-color: dt('button.outlined.warn.border.color');
        color: dt('button.outlined.warn.color');
    }

    .p-button-outlined.p-button-warn:not(:disabled):active {
        background: dt('button.outlined.warn.active.background');
        border-color: dt('button.outlined.warn.border.color');
        color: dt('button.outlined.warn.color');
    }

    .p-button-outlined.p-button-help {
        border-color: dt('button.outlined.help.border.color');
        color: dt('button.outlined.help.color');
    }

    .p-button-outlined.p-button-help:not(:disabled):hover {
        background: dt('button.outlined.help.hover.background');
        border-color: dt('button.outlined.help.border.color');
        color: dt('button.outlined.help.color');
    }

    .p-button-outlined.p-button-help:not(:disabled):active {
        background: dt('button.outlined.help.active.background');
        border-color: dt('button.outlined.help.border.color');
        color: dt('button.outlined.help.color');
    }

    .p-button-outlined.p-button-danger {
        border-color: dt('button.outlined.danger.border.color');
        color: dt('button.outlined.danger.color');
    }

    .p-button-outlined.p-button-danger:not(:disabled):hover {
        background: dt('button.outlined.danger.hover.background');
        border-color: dt('button.outlined.danger.border.color');
        color: dt('button.outlined.danger.color');
    }

    .p-button-outlined.p-button-danger:not(:disabled):active {
        background: dt('button.outlined.danger.active.background');
        border-color: dt('button.outlined.danger.border.color');
        color: dt('button.outlined.danger.color');
    }

    .p-button-outlined.p-button-contrast {
        border-color: dt('button.outlined.contrast.border.color');
        color: dt('button.outlined.contrast.color');
    }

    .p-button-outlined.p-button-contrast:not(:disabled):hover {
        background: dt('button.outlined.contrast.hover.background');
        border-color: dt('button.outlined.contrast.border.color');
        color: dt('button.outlined.contrast.color');
    }

    .p-button-outlined.p-button-contrast:not(:disabled):active {
        background: dt('button.outlined.contrast.active.background');
        border-color: dt('button.outlined.contrast.border.color');
        color: dt('button.outlined.contrast.color');
    }

    .p-button-outlined.p-button-plain {
        border-color: dt('button.outlined.plain.border.color');
        color: dt('button.outlined.plain.color');
    }

    .p-button-outlined.p-button-plain:not(:disabled):hover {
        background: dt('button.outlined.plain.hover.background');
        border-color: dt('button.outlined.plain.border.color');
        color: dt('button.outlined.plain.color');
    }

    .p-button-outlined.p-button-plain:not(:disabled):active {
        background: dt('button.outlined.plain.active.background');
        border-color: dt('button.outlined.plain.border.color');
        color: dt('button.outlined.plain.color');
    }

    .p-button-text {
        background: transparent;
        border-color: transparent;
        color: dt('button.text.primary.color');
    }

    .p-button-text:not(:disabled):hover {
        background: dt('button.text.primary.hover.background');
        border-color: transparent;
        color: dt('button.text.primary.color');
    }

    .p-button-text:not(:disabled):active {
        background: dt('button.text.primary.active.background');
        border-color: transparent;
        color: dt('button.text.primary.color');
    }

    .p-button-text.p-button-secondary {
        background: transparent;
        border-color: transparent;
        color: dt('button.text.secondary.color');
    }

    .p-button-text.p-button-secondary:not(:disabled):hover {
        background: dt('button.text.secondary.hover.background');
        border-color: transparent;
        color: dt('button.text.secondary.color');
    }

    .p-button-text.p-button-secondary:not(:disabled):active {
        background: dt('button.text.secondary.active.background');
        border-color: transparent;
        color: dt('button.text.secondary.color');
    }

    .p-button-text.p-button-success {
        background: transparent;
        border-color: transparent;
        color: dt('button.text.success.color');
    }

    .p-button-text.p-button-success:not(:disabled):hover {
        background: dt('button.text.success.hover.background');
        border-color: transparent;
        color: dt('button.text.success.color');
    }

    .p-button-text.p-button-success:not(:disabled):active {
        background: dt('button.text.success.active.background');
        border-color: transparent;
        color: dt('button.text.success.color');
    }

    .p-button-text.p-button-info {
        background: transparent;
        border-color: transparent;
        color: dt('button.text.info.color');
    }

    .p-button-text.p-button-info:not(:disabled):hover {
        background: dt('button.text.info.hover.background');
        border-color: transparent;
        color: dt('button.text.info.color');
    }

    .p-button-text.p-button-info:not(:disabled):active {
        background: dt('button.text.info.active.background');
        border-color: transparent;
        color: dt('button.text.info.color');
    }

    .p-button-text.p-button-warn {
        background: transparent;
        border-color: transparent;
        color: dt('button.text.warn.color');
    }

    .p-button-text.p-button-warn:not(:disabled):hover {
        background: dt('button.text.warn.hover.background');
        border-color: transparent;
        color: dt('button.text.warn.color');
    }

    .p-button-text.p-button-warn:not(:disabled):active {
        background: dt('button.text.warn.active.background');
        border-color: transparent;
        color: dt('button.text.warn.color');
    }

    .p-button-text.p-button-help {
        background: transparent;
        border-color: transparent;
        color: dt('button.text.help.color');
    }

    .p-button-text.p-button-help:not(:disabled):hover {
        background: dt('button.text.help.hover.background');
        border-color: transparent;
        color: dt('button.text.help.color');
    }

    .p-button-text.p-button-help:not(:disabled):active {
        background: dt('button.text.help.active.background');
        border-color: transparent;
        color: dt('button.text.help.color');
    }

    .p-button-text.p-button-danger {
        background: transparent;
        border-color: transparent;
        color: dt('button.text.danger.color');
    }

    .p-button-text.p-button-danger:not(:disabled):hover {
        background: dt('button.text.danger.hover.background');
        border-color: transparent;
        color: dt('button.text.danger.color');
    }

    .p-button-text.p-button-danger:not(:disabled):active {
        background: dt('button.text.danger.active.background');
        border-color: transparent;
        color: dt('button.text.danger.color');
    }

    .p-button-text.p-button-contrast {
        background: transparent;
        border-color: transparent;
        color: dt('button.text.contrast.color');
    }

    .p-button-text.p-button-contrast:not(:disabled):hover {
        background: dt('button.text.contrast.hover.background');
        border-color: transparent;
        color: dt('button.text.contrast.color');
    }

    .p-button-text.p-button-contrast:not(:disabled):active {
        background: dt('button.text.contrast.active.background');
        border-color: transparent;
        color: dt('button.text.contrast.color');
    }

    .p-button-text.p-button-plain {
        background: transparent;
        border-color: transparent;
        color: dt('button.text.plain.color');
    }

    .p-button-text.p-button-plain:not(:disabled):hover {
        background: dt('button.text.plain.hover.background');
        border-color: transparent;
        color: dt('button.text.plain.color');
    }

    .p-button-text.p-button-plain:not(:disabled):active {
        background: dt('button.text.plain.active.background');
        border-color: transparent;
        color: dt('button.text.plain.color');
    }

    .p-button-link {
        background: transparent;
        border-color: transparent;
        color: dt('button.link.color');
    }

    .p-button-link:not(:disabled):hover {
        background: transparent;
        border-color: transparent;
        color: dt('button.link.hover.color');
    }

    .p-button-link:not(:disabled):hover .p-button-label {
        text-decoration: underline;
    }

    .p-button-link:not(:disabled):active {
        background: transparent;
        border-color: transparent;
        color: dt('button.link.active.color');
    }
`;function Xn(e){"@babel/helpers - typeof";return Xn=typeof Symbol==`function`&&typeof Symbol.iterator==`symbol`?function(e){return typeof e}:function(e){return e&&typeof Symbol==`function`&&e.constructor===Symbol&&e!==Symbol.prototype?`symbol`:typeof e},Xn(e)}function G(e,t,n){return(t=Zn(t))in e?Object.defineProperty(e,t,{value:n,enumerable:!0,configurable:!0,writable:!0}):e[t]=n,e}function Zn(e){var t=Qn(e,`string`);return Xn(t)==`symbol`?t:t+``}function Qn(e,t){if(Xn(e)!=`object`||!e)return e;var n=e[Symbol.toPrimitive];if(n!==void 0){var r=n.call(e,t);if(Xn(r)!=`object`)return r;throw TypeError(`@@toPrimitive must return a primitive value.`)}return(t===`string`?String:Number)(e)}var $n=B.extend({name:`button`,style:Yn,classes:{root:function(e){var t=e.instance,n=e.props;return[`p-button p-component`,G(G(G(G(G(G(G(G(G({"p-button-icon-only":t.hasIcon&&!n.label&&!n.badge,"p-button-vertical":(n.iconPos===`top`||n.iconPos===`bottom`)&&n.label,"p-button-loading":n.loading,"p-button-link":n.link||n.variant===`link`},`p-button-${n.severity}`,n.severity),`p-button-raised`,n.raised),`p-button-rounded`,n.rounded),`p-button-text`,n.text||n.variant===`text`),`p-button-outlined`,n.outlined||n.variant===`outlined`),`p-button-sm`,n.size===`small`),`p-button-lg`,n.size===`large`),`p-button-plain`,n.plain),`p-button-fluid`,t.hasFluid)]},loadingIcon:`p-button-loading-icon`,icon:function(e){var t=e.props;return[`p-button-icon`,G({},`p-button-icon-${t.iconPos}`,t.label)]},label:`p-button-label`}}),er={name:`BaseButton`,extends:Qt,props:{label:{type:String,default:null},icon:{type:String,default:null},iconPos:{type:String,default:`left`},iconClass:{type:[String,Object],default:null},badge:{type:String,default:null},badgeClass:{type:[String,Object],default:null},badgeSeverity:{type:String,default:`secondary`},loading:{type:Boolean,default:!1},loadingIcon:{type:String,default:void 0},as:{type:[String,Object],default:`BUTTON`},asChild:{type:Boolean,default:!1},link:{type:Boolean,default:!1},severity:{type:String,default:null},raised:{type:Boolean,default:!1},rounded:{type:Boolean,default:!1},text:{type:Boolean,default:!1},outlined:{type:Boolean,default:!1},size:{type:String,default:null},variant:{type:String,default:null},plain:{type:Boolean,default:!1},fluid:{type:Boolean,default:null}},style:$n,provide:function(){return{$pcButton:this,$parentInstance:this}}};function tr(e){"@babel/helpers - typeof";return tr=typeof Symbol==`function`&&typeof Symbol.iterator==`symbol`?function(e){return typeof e}:function(e){return e&&typeof Symbol==`function`&&e.constructor===Symbol&&e!==Symbol.prototype?`symbol`:typeof e},tr(e)}function K(e,t,n){return(t=nr(t))in e?Object.defineProperty(e,t,{value:n,enumerable:!0,configurable:!0,writable:!0}):e[t]=n,e}function nr(e){var t=rr(e,`string`);return tr(t)==`symbol`?t:t+``}function rr(e,t){if(tr(e)!=`object`||!e)return e;var n=e[Symbol.toPrimitive];if(n!==void 0){var r=n.call(e,t);if(tr(r)!=`object`)return r;throw TypeError(`@@toPrimitive must return a primitive value.`)}return(t===`string`?String:Number)(e)}var ir={name:`Button`,extends:er,inheritAttrs:!1,inject:{$pcFluid:{default:null}},methods:{getPTOptions:function(e){return(e===`root`?this.ptmi:this.ptm)(e,{context:{disabled:this.disabled}})}},computed:{disabled:function(){return this.$attrs.disabled||this.$attrs.disabled===``||this.loading},defaultAriaLabel:function(){return this.label?this.label+(this.badge?` `+this.badge:``):this.$attrs.ariaLabel},hasIcon:function(){return this.icon||this.$slots.icon},attrs:function(){return d(this.asAttrs,this.a11yAttrs,this.getPTOptions(`root`))},asAttrs:function(){return this.as===`BUTTON`?{type:`button`,disabled:this.disabled}:void 0},a11yAttrs:function(){return{"aria-label":this.defaultAriaLabel,"data-pc-name":`button`,"data-p-disabled":this.disabled,"data-p-severity":this.severity}},hasFluid:function(){return E(this.fluid)?!!this.$pcFluid:this.fluid},dataP:function(){return fe(K(K(K(K(K(K(K(K(K(K({},this.size,this.size),`icon-only`,this.hasIcon&&!this.label&&!this.badge),`loading`,this.loading),`fluid`,this.hasFluid),`rounded`,this.rounded),`raised`,this.raised),`outlined`,this.outlined||this.variant===`outlined`),`text`,this.text||this.variant===`text`),`link`,this.link||this.variant===`link`),`vertical`,(this.iconPos===`top`||this.iconPos===`bottom`)&&this.label))},dataIconP:function(){return fe(K(K({},this.iconPos,this.iconPos),this.size,this.size))},dataLabelP:function(){return fe(K(K({},this.size,this.size),`icon-only`,this.hasIcon&&!this.label&&!this.badge))}},components:{SpinnerIcon:cn,Badge:Sn},directives:{ripple:Jn}},ar=[`data-p`],or=[`data-p`];function sr(n,r,o,c,p,m){var h=i(`SpinnerIcon`),_=i(`Badge`),y=s(`ripple`);return n.asChild?f(n.$slots,`default`,{key:1,class:b(n.cx(`root`)),a11yAttrs:m.a11yAttrs}):e((a(),l(v(n.as),d({key:0,class:n.cx(`root`),"data-p":m.dataP},m.attrs),{default:u(function(){return[f(n.$slots,`default`,{},function(){return[n.loading?f(n.$slots,`loadingicon`,d({key:0,class:[n.cx(`loadingIcon`),n.cx(`icon`)]},n.ptm(`loadingIcon`)),function(){return[n.loadingIcon?(a(),t(`span`,d({key:0,class:[n.cx(`loadingIcon`),n.cx(`icon`),n.loadingIcon]},n.ptm(`loadingIcon`)),null,16)):(a(),l(h,d({key:1,class:[n.cx(`loadingIcon`),n.cx(`icon`)],spin:``},n.ptm(`loadingIcon`)),null,16,[`class`]))]}):f(n.$slots,`icon`,d({key:1,class:[n.cx(`icon`)]},n.ptm(`icon`)),function(){return[n.icon?(a(),t(`span`,d({key:0,class:[n.cx(`icon`),n.icon,n.iconClass],"data-p":m.dataIconP},n.ptm(`icon`)),null,16,ar)):g(``,!0)]}),n.label?(a(),t(`span`,d({key:2,class:n.cx(`label`)},n.ptm(`label`),{"data-p":m.dataLabelP}),te(n.label),17,or)):g(``,!0),n.badge?(a(),l(_,{key:3,value:n.badge,class:b(n.badgeClass),severity:n.badgeSeverity,unstyled:n.unstyled,pt:n.ptm(`pcBadge`)},null,8,[`value`,`class`,`severity`,`unstyled`,`pt`])):g(``,!0)]})]}),_:3},16,[`class`,`data-p`])),[[y]])}ir.render=sr;function cr(){if(typeof crypto.randomUUID==`function`)return crypto.randomUUID();let e=crypto.getRandomValues(new Uint8Array(16));e[6]=e[6]&15|64,e[8]=e[8]&63|128;let t=[...e].map(e=>e.toString(16).padStart(2,`0`)).join(``);return`${t.slice(0,8)}-${t.slice(8,12)}-${t.slice(12,16)}-${t.slice(16,20)}-${t.slice(20)}`}var lr=/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi,ur=e=>RegExp(`^${lr.source}$`,`i`).test(e.trim()),dr=e=>e?.match(lr)?.at(-1)?.toLowerCase(),fr=e=>`…${e.slice(-8)}`;function pr(e){return{get(t){try{let n=e().getItem(`plaza.${t}`);return n===null?void 0:JSON.parse(n)}catch{return}},set(t,n){try{e().setItem(`plaza.${t}`,JSON.stringify(n))}catch{}},remove(t){try{e().removeItem(`plaza.${t}`)}catch{}}}}var q=pr(()=>localStorage),mr=pr(()=>sessionStorage),hr=h(mr.get(`staff-token`)??``),gr=h(q.get(`customer-token`)??``);function _r(e){hr.value=e,e?mr.set(`staff-token`,e):mr.remove(`staff-token`)}function vr(e){gr.value=e??``,e?q.set(`customer-token`,e):q.remove(`customer-token`)}var yr=/^\/api\/v1\/(customers\/|baskets|payments|orders)/,br=h(0),xr=h();function Sr(e){p([hr,xr],([t,n],[r,i])=>{let a=i!==void 0&&n!==i;(a||t!==r)&&e(a&&n===`anonymous`)})}function Cr(e,t=`GET`){let n=yr.test(e)?gr.value:``;return xr.value===`reader`&&t!==`GET`&&n!==``?n:hr.value||n}var J=class extends Error{problem;constructor(e){super(e.detail||e.title),this.problem=e,this.name=`ApiError`}get status(){return this.problem.status}get fields(){return this.problem.errors??[]}},wr=e=>e instanceof J&&e.status===404,Tr=e=>e instanceof J&&e.status===412,Er=e=>e instanceof J&&(e.status===401||e.status===403),Dr=e=>e instanceof J&&e.status===0,Or=e=>e instanceof J&&(e.status===0||e.status===429||e.status>=500),kr=()=>new J({type:`about:blank`,title:`Plaza cannot be reached`,status:0,detail:`The server did not answer. It may be restarting; nothing you entered is lost.`});function Ar(e,t){let n=e;return n&&typeof n==`object`&&typeof n.title==`string`?new J({...n,type:n.type??`about:blank`,title:n.title,status:n.status??t.status}):new J({type:`about:blank`,title:`The request failed (${t.status}${t.statusText?` ${t.statusText}`:``})`,status:t.status})}function jr(e){if(e instanceof J){let{title:t,detail:n=``,trace_id:r}=e.problem;return{title:t,detail:n===t?``:n,traceId:r}}return{title:`Something went wrong`,detail:e instanceof Error?e.message:String(e)}}var Mr=e=>`why`in e,Nr=/[\u061C\u200B-\u200F\u202A-\u202E\u2060\u2066-\u2069\uFEFF]/gu,Pr=/\p{Nd}/u,Fr=[[/[\u0020\u00A0\u2007\u2009\u202F\u3000]/gu,` `],[/[\u2018\u2019\u02BC\uFF07]/gu,`'`],[/[\uFF0E\uFE52]/gu,`.`],[/[\uFF0C\u060C\uFE50\u2E41]/gu,`,`]],Ir=`٫`,Lr=RegExp(`^\\d*(?:[.,' ${Ir}٬]\\d+)*[.,${Ir}]?$`);function Rr(e){let t=e.codePointAt(0),n=0;for(;Pr.test(String.fromCodePoint(t-n-1));)n++;return n%10}function zr(e){let t=e.replace(Nr,``);for(let[e,n]of Fr)t=t.replace(e,n);return t.replace(/(?![0-9])\p{Nd}/gu,e=>String(Rr(e))).trim()}function Br(e,t){if(e.length===1)return!0;let[n,...r]=e;if(new Set(t).size>1||n===``||n.startsWith(`0`))return!1;let i=n.length<=2&&r.slice(0,-1).every(e=>e.length===2),a=n.length<=3&&r.slice(0,-1).every(e=>e.length===3);return r.at(-1).length===3&&(a||i)}var Vr=e=>/^\D*\d{1,3}([.,])\d{3}\D*$/.exec(zr(e))?.[1];function Hr(e,t,n){let r=zr(e).replace(/(?<=\d[.,])[-\u2010-\u2015\u2212]+$/u,``);if(!/\d/.test(r))return{why:r===``?`empty`:`unreadable`};if(/^[-\u2010-\u2015\u2212\uFF0D].*\d$|^\d.*[-\u2212]$|^\(.*\)$/u.test(r))return{why:`negative`};if(/^\+/.test(r))return{why:`signed`};if(!Lr.test(r))return{why:`unreadable`};let i=r.split(/\D/),a=[...r.matchAll(/\D/g)].map(([e])=>e),o=a.at(-1),s=i.slice(0,-1),c=i.at(-1),l=(e,n=``)=>({units:BigInt((e||`0`)+n.padEnd(t,`0`))});if(o===void 0)return l(r);let u=a.slice(0,-1),d=(`.,`.includes(o)||o===Ir)&&!u.includes(o)&&Br(s,u),f=!a.includes(Ir)&&Br(i,a),p=d&&c.length<=t,m=n?.group.includes(o),h=t===0?m:p&&!m&&n?.decimal.includes(o);return f&&d&&!h?{why:`two readings`,grouped:i.join(``),decimal:`${s.join(``)}.${c}`}:p?l(s.join(``),c):f?l(i.join(``)):d?{why:`too many decimals`,decimals:c.length}:{why:`grouping`}}function Ur(e,t){let n=BigInt(e),r=(n<0n?-n:n).toString().padStart(t+1,`0`),i=r.length-t;return`${n<0n?`-`:``}${t?`${r.slice(0,i)}.${r.slice(i)}`:r}`}var Wr=/[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufefc]/,Gr=e=>Wr.test(e)?`\u2068${e}\u2069`:e,Kr=new Map;function qr(e,t){let n=`${t??``}|${e}`,r=Kr.get(n);return r||Kr.set(n,r=new Intl.NumberFormat(t,{style:`currency`,currency:e})),r}var Jr=e=>qr(e).resolvedOptions().maximumFractionDigits??2,Yr=(e,t)=>Gr(qr(e.currency,t).format(Ur(e.amount_minor,Jr(e.currency)))),Xr=new Intl.DateTimeFormat(void 0,{dateStyle:`medium`,timeStyle:`medium`}),Zr=new Intl.DateTimeFormat(void 0,{day:`numeric`,month:`short`,hour:`2-digit`,minute:`2-digit`}),Qr=new Intl.DateTimeFormat(void 0,{hour:`2-digit`,minute:`2-digit`,second:`2-digit`,fractionalSecondDigits:3}),$r=new Intl.DateTimeFormat(void 0,{timeStyle:`medium`}),ei=e=>Gr($r.format(e)),ti=new Intl.DateTimeFormat(void 0,{hour:`2-digit`,minute:`2-digit`}),ni=e=>Gr(ti.format(e)),ri=e=>!Number.isNaN(Date.parse(e)),ii=e=>ri(e)?Gr(Xr.format(new Date(e))):`–`,ai=e=>ri(e)?Gr(Zr.format(new Date(e))):`–`,oi=e=>ri(e)?Gr(Qr.format(new Date(e))):`–`,si=new Intl.RelativeTimeFormat(void 0,{numeric:`auto`,style:`narrow`}),ci=[[60,`second`],[60,`minute`],[24,`hour`],[30,`day`],[12,`month`],[1/0,`year`]];function li(e,t){if(!ri(e))return`–`;let n=(Date.parse(e)-t)/1e3;for(let[e,t]of ci){if(Math.abs(n)<e)return Gr(si.format(Math.round(n),t));n/=e}return ii(e)}var ui=new Intl.NumberFormat,di={format:e=>Gr(ui.format(e))},fi=e=>e==null?`–`:di.format(e),pi=(e,t,n=`${t}s`)=>`${di.format(e)} ${e===1?t:n}`;function mi(e){if(e!==0&&e<1e3)return`${di.format(Math.round(e))} ms`;if(e<6e4)return`${di.format(Math.round(e/100)/10)} s`;let t=(e,t,n,r)=>`${di.format(e)} ${t}${n?` ${di.format(n)} ${r}`:``}`,n=Math.round(e/1e3);return n<3600?t(Math.floor(n/60),`min`,n%60,`s`):n<86400?t(Math.floor(n/3600),`h`,Math.floor(n%3600/60),`min`):t(Math.floor(n/86400),`d`,Math.floor(n%86400/3600),`h`)}var hi=/\{[^{}]+\}/g,gi=()=>typeof process==`object`&&Number.parseInt(process?.versions?.node?.substring(0,2))>=18&&process.versions.undici;function _i(){return Math.random().toString(36).slice(2,11)}function vi(e){let{baseUrl:t=``,Request:n=globalThis.Request,fetch:r=globalThis.fetch,querySerializer:i,bodySerializer:a,pathSerializer:o,headers:s,requestInitExt:c=void 0,...l}={...e};c=gi()?c:void 0,t=Di(t);let u=[];async function d(e,d){let{baseUrl:f,fetch:p=r,Request:m=n,headers:h,params:g={},parseAs:_=`json`,querySerializer:v,bodySerializer:y=a??wi,pathSerializer:b,body:ee,middleware:te=[],...x}=d||{},S=t;f&&(S=Di(f)??t);let C=typeof i==`function`?i:Si(i);v&&(C=typeof v==`function`?v:Si({...typeof i==`object`?i:{},...v}));let w=b||o||Ci,T=ee===void 0?void 0:y(ee,Ei(s,h,g.header)),ne=Ei(T===void 0||T instanceof FormData?{}:{"Content-Type":`application/json`},s,h,g.header),E=[...u,...te],D={redirect:`follow`,...l,...x,body:T,headers:ne},O,k,A=new m(Ti(e,{baseUrl:S,params:g,querySerializer:C,pathSerializer:w}),D),j;for(let e in x)e in A||(A[e]=x[e]);if(E.length){O=_i(),k=Object.freeze({baseUrl:S,fetch:p,parseAs:_,querySerializer:C,bodySerializer:y,pathSerializer:w});for(let t of E)if(t&&typeof t==`object`&&typeof t.onRequest==`function`){let n=await t.onRequest({request:A,schemaPath:e,params:g,options:k,id:O});if(n){if(n instanceof m)A=n;else if(n instanceof Response){j=n;break}else throw Error(`onRequest: must return new Request() or Response() when modifying the request`)}}}if(!j){try{j=await p(A,c)}catch(t){let n=t;if(E.length)for(let t=E.length-1;t>=0;t--){let r=E[t];if(r&&typeof r==`object`&&typeof r.onError==`function`){let t=await r.onError({request:A,error:n,schemaPath:e,params:g,options:k,id:O});if(t){if(t instanceof Response){n=void 0,j=t;break}if(t instanceof Error){n=t;continue}throw Error(`onError: must return new Response() or instance of Error`)}}}if(n)throw n}if(E.length)for(let t=E.length-1;t>=0;t--){let n=E[t];if(n&&typeof n==`object`&&typeof n.onResponse==`function`){let t=await n.onResponse({request:A,response:j,schemaPath:e,params:g,options:k,id:O});if(t){if(!(t instanceof Response))throw Error(`onResponse: must return new Response() when modifying the response`);j=t}}}}let M=j.headers.get(`Content-Length`);if(j.status===204||A.method===`HEAD`||M===`0`&&!j.headers.get(`Transfer-Encoding`)?.includes(`chunked`))return j.ok?{data:void 0,response:j}:{error:void 0,response:j};if(j.ok)return{data:await(async()=>{if(_===`stream`)return j.body;if(_===`json`&&!M){let e=await j.text();return e?JSON.parse(e):void 0}return await j[_]()})(),response:j};let N=await j.text();try{N=JSON.parse(N)}catch{}return{error:N,response:j}}return{request(e,t,n){return d(t,{...n,method:e.toUpperCase()})},GET(e,t){return d(e,{...t,method:`GET`})},PUT(e,t){return d(e,{...t,method:`PUT`})},POST(e,t){return d(e,{...t,method:`POST`})},DELETE(e,t){return d(e,{...t,method:`DELETE`})},OPTIONS(e,t){return d(e,{...t,method:`OPTIONS`})},HEAD(e,t){return d(e,{...t,method:`HEAD`})},PATCH(e,t){return d(e,{...t,method:`PATCH`})},TRACE(e,t){return d(e,{...t,method:`TRACE`})},use(...e){for(let t of e)if(t){if(typeof t!=`object`||!(`onRequest`in t||`onResponse`in t||`onError`in t))throw Error("Middleware must be an object with one of `onRequest()`, `onResponse() or `onError()`");u.push(t)}},eject(...e){for(let t of e){let e=u.indexOf(t);e!==-1&&u.splice(e,1)}}}}function yi(e,t,n){if(t==null)return``;if(typeof t==`object`)throw Error("Deeply-nested arrays/objects aren’t supported. Provide your own `querySerializer()` to handle these.");return`${e}=${n?.allowReserved===!0?t:encodeURIComponent(t)}`}function bi(e,t,n){if(!t||typeof t!=`object`)return``;let r=[],i={simple:`,`,label:`.`,matrix:`;`}[n.style]||`&`;if(n.style!==`deepObject`&&n.explode===!1){for(let e in t)r.push(e,n.allowReserved===!0?t[e]:encodeURIComponent(t[e]));let i=r.join(`,`);switch(n.style){case`form`:return`${e}=${i}`;case`label`:return`.${i}`;case`matrix`:return`;${e}=${i}`;default:return i}}for(let i in t){let a=n.style===`deepObject`?`${e}[${i}]`:i;r.push(yi(a,t[i],n))}let a=r.join(i);return n.style===`label`||n.style===`matrix`?`${i}${a}`:a}function xi(e,t,n){if(!Array.isArray(t))return``;if(n.explode===!1){let r={form:`,`,spaceDelimited:`%20`,pipeDelimited:`|`}[n.style]||`,`,i=(n.allowReserved===!0?t:t.map(e=>encodeURIComponent(e))).join(r);switch(n.style){case`simple`:return i;case`label`:return`.${i}`;case`matrix`:return`;${e}=${i}`;default:return`${e}=${i}`}}let r={simple:`,`,label:`.`,matrix:`;`}[n.style]||`&`,i=[];for(let r of t)n.style===`simple`||n.style===`label`?i.push(n.allowReserved===!0?r:encodeURIComponent(r)):i.push(yi(e,r,n));return n.style===`label`||n.style===`matrix`?`${r}${i.join(r)}`:i.join(r)}function Si(e){return function(t){let n=[];if(t&&typeof t==`object`)for(let r in t){let i=t[r];if(i!=null){if(Array.isArray(i)){if(i.length===0)continue;n.push(xi(r,i,{style:`form`,explode:!0,...e?.array,allowReserved:e?.allowReserved||!1}))}else typeof i==`object`?n.push(bi(r,i,{style:`deepObject`,explode:!0,...e?.object,allowReserved:e?.allowReserved||!1})):n.push(yi(r,i,e))}}return n.join(`&`)}}function Ci(e,t){let n=e;for(let r of e.match(hi)??[]){let e=r.substring(1,r.length-1),i=!1,a=`simple`;if(e.endsWith(`*`)&&(i=!0,e=e.substring(0,e.length-1)),e.startsWith(`.`)?(a=`label`,e=e.substring(1)):e.startsWith(`;`)&&(a=`matrix`,e=e.substring(1)),!t||t[e]===void 0||t[e]===null)continue;let o=t[e];n=Array.isArray(o)?n.replace(r,xi(e,o,{style:a,explode:i})):typeof o==`object`?n.replace(r,bi(e,o,{style:a,explode:i})):a===`matrix`?n.replace(r,`;${yi(e,o)}`):n.replace(r,a===`label`?`.${encodeURIComponent(o)}`:encodeURIComponent(o))}return n}function wi(e,t){return e instanceof FormData?e:t&&(t.get instanceof Function?t.get(`Content-Type`)??t.get(`content-type`):t[`Content-Type`]??t[`content-type`])===`application/x-www-form-urlencoded`?new URLSearchParams(e).toString():JSON.stringify(e)}function Ti(e,t){let n=`${t.baseUrl}${e}`;t.params?.path&&(n=t.pathSerializer(n,t.params.path));let r=t.querySerializer(t.params.query??{});return r.startsWith(`?`)&&(r=r.substring(1)),r&&(n+=`?${r}`),n}function Ei(...e){let t=new Headers;for(let n of e){if(!n||typeof n!=`object`)continue;let e=n instanceof Headers?n.entries():Object.entries(n);for(let[n,r]of e)if(r===null)t.delete(n);else if(Array.isArray(r))for(let e of r)t.append(n,e);else r!==void 0&&t.set(n,r)}return t}function Di(e){return e.endsWith(`/`)?e.substring(0,e.length-1):e}async function Oi(e){let{pathname:t}=new URL(e.url),n=Cr(t,e.method);n&&!e.headers.has(`Authorization`)&&e.headers.set(`Authorization`,`Bearer ${n}`),e.method===`POST`&&!e.headers.has(`Idempotency-Key`)&&e.headers.set(`Idempotency-Key`,cr());let r;try{r=await globalThis.fetch(e)}catch{throw kr()}return r.status!==401&&r.status!==403||t.endsWith(`/whoami`)||br.value++,r}var Y=vi({baseUrl:``,fetch:Oi}),ki=new WeakSet,Ai=e=>ki.has(e);async function X(e){let{data:t,error:n,response:r}=await e;if(!r.ok)throw Ar(n,r);return t instanceof Object&&r.headers.get(`Idempotency-Replayed`)===`true`&&ki.add(t),t}async function*ji(e){let[t,n]=[e.getReader(),new TextDecoder],r=``;try{for(;;){let{value:e,done:i}=await t.read();if(i)return;r+=n.decode(e,{stream:!0});let a=r.split(`

`);r=a.pop();for(let e of a){let t=t=>e.split(`
`).find(e=>e.startsWith(`${t}: `))?.slice(t.length+2),n=t(`data`);n!==void 0&&(yield{id:Number(t(`id`)??0),event:t(`event`)??`message`,data:n})}}}finally{t.cancel().catch(()=>void 0)}}var Z=e=>({path:{id:e}}),Mi=e=>({header:{"If-Match":`"v${e}"`}}),Ni=(e,t)=>({...Z(e),...Mi(t)}),Pi=e=>e?{header:{"Idempotency-Key":e}}:{},Fi={stores:e=>X(Y.GET(`/api/v1/stores`,{params:{query:e}})),store:e=>X(Y.GET(`/api/v1/stores/{id}`,{params:Z(e)})),createStore:e=>X(Y.POST(`/api/v1/stores`,{body:e})),editStore:(e,t)=>X(Y.PATCH(`/api/v1/stores/{id}`,{params:Ni(e.id,e.version),body:t})),archiveStore:e=>X(Y.DELETE(`/api/v1/stores/{id}`,{params:Z(e)})),setParticipation:(e,t)=>X(t?Y.PUT(`/api/v1/stores/{id}/participation`,{params:Z(e)}):Y.DELETE(`/api/v1/stores/{id}/participation`,{params:Z(e)})),products:e=>X(Y.GET(`/api/v1/products`,{params:{query:e}})),storeProducts:(e,t)=>X(Y.GET(`/api/v1/stores/{id}/products`,{params:{...Z(e),query:t}})),product:e=>X(Y.GET(`/api/v1/products/{id}`,{params:Z(e)})),createProduct:(e,t,n)=>X(Y.POST(`/api/v1/stores/{id}/products`,{params:{...Z(e),...Pi(n)},body:t})),editProduct:(e,t)=>X(Y.PATCH(`/api/v1/products/{id}`,{params:Ni(e.id,e.version),body:t})),archiveProducts:e=>X(Y.POST(`/api/v1/products/archive`,{body:{ids:e}})),archiveAllProducts:e=>X(Y.DELETE(`/api/v1/stores/{id}/products`,{params:Z(e)})),registerCustomer:(e,t)=>X(Y.POST(`/api/v1/customers`,{params:Pi(t),body:e})),customer:e=>X(Y.GET(`/api/v1/customers/{id}`,{params:Z(e)})),customers:e=>X(Y.GET(`/api/v1/customers`,{params:{query:e}})),createBasket:()=>X(Y.POST(`/api/v1/baskets`,{})),basket:e=>X(Y.GET(`/api/v1/baskets/{id}`,{params:Z(e)})),setBasketItem:({id:e,version:t},n,r)=>X(Y.PUT(`/api/v1/baskets/{id}/items/{product_id}`,{params:{path:{id:e,product_id:n},...Mi(t)},body:{quantity:r}})),removeBasketItem:({id:e,version:t},n)=>X(Y.DELETE(`/api/v1/baskets/{id}/items/{product_id}`,{params:{path:{id:e,product_id:n},...Mi(t)}})),clearBasket:({id:e,version:t})=>X(Y.DELETE(`/api/v1/baskets/{id}/items`,{params:Ni(e,t)})),claimBasket:(e,t)=>X(Y.PUT(`/api/v1/baskets/{id}/customer`,{params:Z(e),body:{customer_id:t}})),checkout:(e,t,n)=>X(Y.POST(`/api/v1/baskets/{id}/checkout`,{params:{...Z(e),...Pi(n)},body:t})),authorize:(e,t)=>X(Y.POST(`/api/v1/payments`,{params:Pi(t),body:e})),payments:e=>X(Y.GET(`/api/v1/payments`,{params:{query:{customer_id:e,limit:50}}})),orders:e=>X(Y.GET(`/api/v1/orders`,{params:{query:e}})),order:(e,t)=>X(Y.GET(`/api/v1/orders/{id}`,{params:{...Z(e),query:{at_version:t}}})),orderEvents:(e,t)=>X(Y.GET(`/api/v1/orders/{id}/events`,{params:{...Z(e),query:t}})),payOrder:e=>X(Y.POST(`/api/v1/orders/{id}/pay`,{params:Ni(e.id,e.version)})),cancelOrder:e=>X(Y.POST(`/api/v1/orders/{id}/cancel`,{params:Ni(e.id,e.version),body:{}})),archiveOrders:e=>X(Y.POST(`/api/v1/orders/archive`,{body:{ids:e}})),events:e=>X(Y.GET(`/api/v1/events`,{params:{query:e}})),status:()=>X(Y.GET(`/api/v1/status`,{})),audit:()=>X(Y.GET(`/api/v1/audit`,{})),whoAmI:e=>X(Y.GET(`/api/v1/whoami`,e?{headers:{Authorization:`Bearer ${e}`}}:{})),tokens:()=>X(Y.GET(`/api/v1/tokens`,{})),createToken:(e,t)=>X(Y.POST(`/api/v1/tokens`,{params:Pi(t),body:e})),revokeToken:e=>X(Y.DELETE(`/api/v1/tokens/{name}`,{params:{path:{name:e}}})),clock:()=>X(Y.GET(`/api/v1/clock`,{})),setClock:(e,t)=>X(Y.PATCH(`/api/v1/clock`,{params:t===void 0?{}:Mi(t),body:{speed:e}})),advanceClock:(e,t)=>X(Y.POST(`/api/v1/clock/advance`,{params:Pi(t),body:e,headers:{Prefer:`wait=1`}})),stopClock:()=>X(Y.DELETE(`/api/v1/clock/advance`,{})),personalities:()=>X(Y.GET(`/api/v1/personalities`,{})),setPersonality:(e,t,n)=>X(e?Y.PUT(`/api/v1/stores/{id}/personality`,{params:Ni(e,n),body:t}):Y.PUT(`/api/v1/bank/personality`,{params:Mi(n),body:t})),resetPersonality:e=>X(e?Y.DELETE(`/api/v1/stores/{id}/personality`,{params:Z(e)}):Y.DELETE(`/api/v1/bank/personality`,{})),resetPersonalities:()=>X(Y.DELETE(`/api/v1/personalities`,{})),addOutage:(e,t)=>X(Y.POST(`/api/v1/outages`,{params:Pi(t),body:e})),statistics:(e,t)=>X(Y.GET(`/api/v1/statistics`,{params:{query:{window:e,step:t}}})),scenarios:()=>X(Y.GET(`/api/v1/simulations/scenarios`,{})),simulations:()=>X(Y.GET(`/api/v1/simulations`,{})),simulation:e=>X(Y.GET(`/api/v1/simulations/{id}`,{params:Z(e)})),startSimulation:(e,t)=>X(Y.POST(`/api/v1/simulations`,{params:Pi(t),body:e})),steerSimulation:(e,t)=>X(Y.PATCH(`/api/v1/simulations/{id}`,{params:Z(e),body:t})),compareSimulations:(e,t)=>X(Y.GET(`/api/v1/simulations/{id}/comparison`,{params:{...Z(e),query:{with:t}}})),stopSimulation:e=>X(Y.DELETE(`/api/v1/simulations/{id}`,{params:Z(e)})),loadDemo:()=>X(Y.POST(`/api/v1/demo`,{}))};async function Ii(e){let t=await Oi(new Request(new URL(e,location.origin),{headers:{accept:`text/plain`}}));if(!t.ok)throw Ar(await t.json().catch(()=>void 0),t);return t.text()}async function*Li(e,t,n){let r={accept:`text/event-stream`,"Last-Event-ID":String(t)},i=new URL(`/api/v1/simulations/${e}/stream`,location.origin),a=await Oi(new Request(i,{headers:r,signal:n}));if(!a.ok||!a.body)throw Ar(await a.json().catch(()=>void 0),a);yield*ji(a.body)}async function Ri(e,t={}){let n=new URL(e,location.origin);n.searchParams.set(`format`,`csv`),n.searchParams.set(`bom`,`true`);for(let[e,r]of Object.entries(t))r&&n.searchParams.set(e,r);let r=await Oi(new Request(n,{headers:{accept:`text/csv`}}));if(!r.ok)throw Ar(await r.json().catch(()=>void 0),r);return r.blob()}async function zi(e){let t=new AbortController;try{return(await globalThis.fetch(e,{signal:t.signal,cache:`no-store`})).status}catch{return 0}finally{t.abort()}}async function Bi(){try{return(await globalThis.fetch(`/livez`,{cache:`no-store`})).ok}catch{return!1}}var Q=(e,t,n)=>({label:e,icon:t,tone:n}),Vi={pending:Q(`Pending`,`pi-clock`,`wait`),accepted:Q(`Accepted`,`pi-check`,`info`),confirmed:Q(`Confirmed`,`pi-check`,`good`),paid:Q(`Paid`,`pi-wallet`,`good`),captured:Q(`Captured`,`pi-wallet`,`good`),shipped:Q(`Shipped`,`pi-truck`,`good`),delivered:Q(`Delivered`,`pi-box`,`good`),rejected:Q(`Rejected`,`pi-times`,`bad`),cancelled:Q(`Cancelled`,`pi-ban`,`quiet`),expired:Q(`Expired`,`pi-hourglass`,`bad`),out_of_stock:Q(`Out of stock`,`pi-exclamation-triangle`,`bad`),not_enough_money:Q(`Not enough money`,`pi-exclamation-triangle`,`bad`),invalid:Q(`Invalid`,`pi-exclamation-triangle`,`bad`),unavailable:Q(`Unavailable`,`pi-exclamation-triangle`,`bad`),released:Q(`Given back`,`pi-undo`,`quiet`),voided:Q(`Given back`,`pi-undo`,`quiet`),returning:Q(`Being given back`,`pi-undo`,`wait`),not_asked:Q(`Not asked`,`pi-minus`,`quiet`),called_off:Q(`Called off`,`pi-ban`,`quiet`),refunded:Q(`Refunded`,`pi-undo`,`quiet`),authorized:Q(`Authorized`,`pi-check`,`good`),active:Q(`Authorized`,`pi-check`,`good`),used:Q(`Used up`,`pi-check`,`quiet`)},Hi=e=>Vi[e]??Q(e.replaceAll(`_`,` `),`pi-question`,`quiet`),Ui={void_hold:Q(`Hold given back`,`pi-undo`,`wait`),capture_hold:Q(`Hold captured`,`pi-wallet`,`good`),release_stock:Q(`Stock given back`,`pi-undo`,`wait`),ship_stock:Q(`Stock handed over`,`pi-box`,`good`)},Wi=e=>Ui[e]??Q(e.replaceAll(`_`,` `),`pi-check`,`quiet`),Gi=[`pending`,`accepted`,`paid`,`delivered`,`rejected`,`cancelled`,`expired`],Ki=e=>[`delivered`,`rejected`,`cancelled`,`expired`].includes(e),qi={NOT_ENOUGH_MONEY:`the authorized money is less than the total`,OUT_OF_STOCK:`a store has less stock than ordered`,PAYMENT_NOT_FOUND:`the payment does not exist`,PAYMENT_NOT_YOURS:`the payment belongs to someone else`,STORE_CLOSED:`a store has closed`,PRODUCT_UNAVAILABLE:`a product is no longer offered`,CONFIRMATION_TIMEOUT:`a confirmation did not come in time`,SERVICE_FAILED:`the bank or a store refused: its service failed`},Ji=e=>qi[e]??``,Yi={pay:{pending:`Payment opens when every confirmation is in.`,paid:`Already paid.`,delivered:`Already paid and delivered.`,rejected:`Rejected: nothing is due.`,cancelled:`Cancelled: nothing is due.`,expired:`The time to pay has passed.`},cancel:{paid:`Paid orders are on their way.`,delivered:`Delivered orders cannot be cancelled.`,rejected:`The order was already rejected.`,cancelled:`Already cancelled.`,expired:`The order has already expired.`}},Xi=(e,t)=>e.allowed_actions.includes(t),Zi=(e,t)=>Xi(e,t)?``:Yi[t][e.status]??`Not possible while ${Hi(e.status).label}.`;function Qi(e){let[,t=``,n=``]=/^plaza\.([a-z_]+)\.([a-z_]+)\.v\d+$/.exec(e)??[];return{stream:t,name:n}}var $i=e=>Number(e.sequence),ea=e=>Number(e.streamversion),ta=e=>dr(e.subject)??``,na={"order.submitted":[`Order submitted`,`pi-send`,`info`],"order.payment_confirmed":[`Payment confirmed`,`pi-credit-card`,`good`],"order.payment_rejected":[`Payment rejected`,`pi-credit-card`,`bad`],"order.store_confirmation_requested":[`Store asked to confirm`,`pi-question-circle`,`wait`],"order.store_confirmation_received":[`Store said yes`,`pi-comment`,`info`],"order.payment_confirmation_requested":[`Bank asked to hold`,`pi-question-circle`,`wait`],"order.payment_confirmation_received":[`Bank said yes`,`pi-comment`,`info`],"order.store_confirmed":[`Store confirmed`,`pi-shop`,`good`],"order.store_rejected":[`Store rejected`,`pi-shop`,`bad`],"order.line_dropped":[`Line dropped`,`pi-minus-circle`,`wait`],"order.hold_lowered":[`Hold lowered`,`pi-arrow-down`,`wait`],"order.accepted":[`Order accepted`,`pi-check-circle`,`good`],"order.rejected":[`Order rejected`,`pi-times-circle`,`bad`],"order.cancelled":[`Order cancelled`,`pi-ban`,`quiet`],"order.paid":[`Order paid`,`pi-wallet`,`good`],"order.expired":[`Order expired`,`pi-hourglass`,`bad`],"order.store_shipped":[`Store shipped`,`pi-truck`,`good`],"order.delivered":[`Order delivered`,`pi-box`,`good`],"order.compensation_required":[`Compensation required`,`pi-replay`,`wait`],"order.obligation_met":[`Obligation met`,`pi-check`,`quiet`],"order.confirmation_ignored":[`Late verdict ignored`,`pi-eye-slash`,`quiet`],"order.archived":[`Order archived`,`pi-inbox`,`quiet`],"store.created":[`Store opened`,`pi-building`,`info`],"store.edited":[`Store edited`,`pi-pencil`,`quiet`],"store.joined":[`Store joined shopping`,`pi-sign-in`,`good`],"store.left":[`Store left shopping`,`pi-sign-out`,`quiet`],"store.closing_started":[`Store closes`,`pi-lock`,`quiet`],"store.archived":[`Store archived`,`pi-inbox`,`quiet`],"store.product_added":[`Product added`,`pi-plus-circle`,`info`],"store.product_edited":[`Product edited`,`pi-pencil`,`quiet`],"store.product_archived":[`Product archived`,`pi-inbox`,`quiet`],"store.stock_set":[`Stock set`,`pi-sliders-h`,`info`],"store.stock_reserved":[`Stock reserved`,`pi-lock`,`good`],"store.stock_released":[`Stock released`,`pi-lock-open`,`quiet`],"store.stock_shipped":[`Stock shipped`,`pi-truck`,`good`],"payment.authorized":[`Payment authorized`,`pi-credit-card`,`info`],"payment.held":[`Money held`,`pi-lock`,`good`],"payment.hold_lowered":[`Hold lowered`,`pi-arrow-down`,`quiet`],"payment.hold_voided":[`Hold released`,`pi-lock-open`,`quiet`],"payment.captured":[`Money captured`,`pi-wallet`,`good`],"payment.voided":[`Authorization voided`,`pi-ban`,`quiet`],"basket.claimed":[`Basket given to a customer`,`pi-user`,`quiet`],"basket.created":[`Basket opened`,`pi-shopping-bag`,`quiet`],"basket.item_set":[`Basket item set`,`pi-cart-plus`,`info`],"basket.item_removed":[`Basket item removed`,`pi-cart-minus`,`quiet`],"basket.cleared":[`Basket emptied`,`pi-trash`,`quiet`],"basket.checked_out":[`Basket checked out`,`pi-shopping-cart`,`good`],"customer.registered":[`Customer registered`,`pi-user-plus`,`info`],"mall.clock_set":[`Clock set`,`pi-clock`,`info`],"mall.personality_set":[`Personality set`,`pi-sliders-h`,`wait`],"mall.personality_reset":[`Personality reset`,`pi-sliders-h`,`quiet`]},ra=Object.entries(na).map(([e,t])=>({type:`plaza.${e}.v1`,stream:e.split(`.`)[0],label:t[0]}));function ia(e){let{stream:t,name:n}=Qi(e.type);if(t===`order`&&n===`obligation_met`)return Wi($(e,`kind`)??``);let r=na[`${t}.${n}`];if(r)return{label:r[0],icon:r[1],tone:r[2]};let i=`${t} ${n}`.trim().replaceAll(`_`,` `)||e.type;return{label:i.charAt(0).toUpperCase()+i.slice(1),icon:`pi-bolt`,tone:`quiet`}}var $=(e,t)=>e.data?.[t],aa=e=>typeof e?.amount_minor==`number`,oa=(e,t=``)=>`${e===0?`paused`:`${fi(e)}×`} from ${ii(t)}`;function sa(e,t=()=>``){let n=[],r=Qi(e.type).stream===`store`?ta(e):$(e,`store_id`),i=$(e,`store_name`)??t(r??``),a=$(e,`name`)??$(e,`product_name`),o=$(e,`total`)??$(e,`amount`),s=$(e,`lines`),c=$(e,`reasons`)??[$(e,`reason`)??``];i&&n.push(i),a&&a!==i&&n.push(a),s?.length&&n.push(pi(s.length,`line`)),aa(o)&&n.push(Yr(o)),n.push(...c.filter(Boolean));let l=$(e,`speed`);l!==void 0&&n.push(oa(l,$(e,`mall_time`)));let u=$(e,`by`);return u&&n.push(`by ${u}`),n.join(` · `)}var ca={order:``,store:`order_id`,payment:`order_id`,basket:`order_id`};function la(e){let{stream:t}=Qi(e.type);if(t===`order`)return ta(e);let n=ca[t];return n?$(e,n):void 0}var ua=_(`customer`,()=>{let e=h(q.get(`customer`)),t=h(q.get(`payment-id`)),n=r(()=>e.value?.id);function i(t,n){t.id!==e.value?.id&&c(void 0),e.value={id:t.id,name:t.name,phone:t.phone},q.set(`customer`,e.value),n&&vr(n)}async function a(e,t,n){let r=await Fi.registerCustomer({name:e,phone:t},n);!r.access_token&&(await Fi.whoAmI()).closed&&(r=await Fi.registerCustomer({name:e,phone:t},cr())),i(r,r.access_token)}async function o(e,t){t&&vr(t),i(await Fi.customer(e))}function s(){e.value=void 0,q.remove(`customer`),vr(void 0),c(void 0)}function c(e){t.value=e,e?q.set(`payment-id`,e):q.remove(`payment-id`)}return{known:e,id:n,paymentId:t,register:a,find:o,forget:s,choosePayment:c}}),da=25,fa=20,pa=150,ma=[250,500,1e3,2e3,3e3],ha=100,ga=_(`live`,()=>{let e=h(`connecting`),t=m([]),n=h(!1),r=h(0),i=new Set,a,o,s=[],c=da,l,u,d=0,f=!1,g=!1,_=0;function v(){l=void 0;let e=s;s=[],c=e.length>fa?pa:da,t.value=[...e.toReversed(),...t.value].slice(0,ha);for(let t of i)t(e)}function y(e){let t=$i(e);o!==void 0&&t<=o||(o=t,s.push(e),l??=setTimeout(v,c))}function b(){let e=new URLSearchParams;o!==void 0&&e.set(`after`,String(o));let t=hr.value||(g?gr.value:``);t&&e.set(`access_token`,t);let n=ua().id;return g&&n&&e.set(`customer_id`,n),`/api/v1/events/stream?${e}`}function te(){a?.close();let t=a=new EventSource(b());t.onopen=()=>{let t=d>0;d=0,e.value=`open`,t&&r.value++},t.onmessage=e=>y(JSON.parse(e.data)),t.onerror=()=>{a===t&&x()}}async function x(){a?.close(),a=void 0;let t=_,n=await zi(b());if(t===_){if(n===401||n===403)return C();e.value=n===200?`connecting`:`lost`,S()}}function S(){clearTimeout(u),u=setTimeout(()=>void w(),ma[Math.min(d++,ma.length-1)])}function C(){if(e.value===`lost`&&r.value++,!g&&!hr.value&&gr.value)return g=!0,S();e.value=`denied`,(xr.value!==`anonymous`||hr.value)&&(br.value++,S())}async function w(){clearTimeout(u);let t=++_;try{g||await T()}catch(n){if(t!==_)return;if(Er(n))return C();let r=await Bi();if(t!==_)return;if(!r)return e.value=`lost`,S()}t===_&&te()}async function T(){o===void 0?await ne():d>0&&await E()}async function ne(){let e=_,{items:r}=await Fi.events({order:`desc`,limit:50});e===_&&(s=[],t.value=r,n.value=!0,o=r[0]?$i(r[0]):0)}async function E(){let{head_position:e}=await Fi.status();e!==void 0&&o!==void 0&&e<o&&(o=void 0,await ne())}function D(){f||(f=!0,w(),window.addEventListener(`online`,O))}let O=()=>{f&&w()};function k(){a?.close(),a=void 0,clearTimeout(l),l=void 0,s=[],t.value=[],n.value=!1,o=void 0}Sr(e=>{e&&k(),g=!1,d=Math.max(d,1),O()}),p([gr,()=>ua().id],()=>{(g||e.value===`denied`)&&(g=!1,a?.close(),a=void 0,O())}),ee(()=>{f=!1,_++,a?.close(),clearTimeout(u),window.removeEventListener(`online`,O)});function A(e){return i.add(e),()=>i.delete(e)}return{state:e,recent:t,isSeeded:n,resumed:r,connect:D,subscribe:A}});export{_r as $,Jr as A,je as At,zr as B,Bi as C,ze as Ct,oi as D,ge as Dt,li as E,ye as Et,ai as F,O as Ft,Tr as G,J as H,ei as I,Er as J,Or as K,Ur as L,ni as M,de as Mt,Yr as N,se as Nt,fi as O,Le as Ot,pi as P,E as Pt,xr as Q,Mr as R,Li as S,me as St,Ai as T,ve as Tt,jr as U,Hr as V,wr as W,Sr as X,gr as Y,br as Z,Ji as _,Fe as _t,ia as a,fr as at,Ri as b,xe as bt,$i as c,W as ct,ea as d,It as dt,hr as et,Gi as f,B as ft,Wi as g,ut as gt,Xi as h,Xe as ht,$ as i,cr as it,mi as j,fe as jt,ii as k,Se as kt,ta as l,sn as lt,Ki as m,z as mt,ua as n,mr as nt,la as o,ir as ot,qi as p,L as pt,Dr as q,ra as r,ur as rt,Qi as s,Jn as st,ga as t,q as tt,sa as u,Qt as ut,Hi as v,Re as vt,Fi as w,Oe as wt,Ii as x,Te as xt,Zi as y,Ne as yt,Vr as z};