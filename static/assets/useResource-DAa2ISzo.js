import{A as e,D as t,E as n,F as r,K as i,M as a,O as o,R as s,T as c,Z as l,et as u,j as d,nt as f,ot as p,tt as m,w as h}from"./vue-BPoI4HDO.js";import{Dt as g,E as _,J as v,O as y,Q as b,ct as x,nt as S,ot as C,t as w}from"./live-acRnOVt7.js";import{I as T,h as E}from"./index-CM3SKTbk.js";var D=x.extend({name:`skeleton`,style:`
    .p-skeleton {
        display: block;
        overflow: hidden;
        background: dt('skeleton.background');
        border-radius: dt('skeleton.border.radius');
    }

    .p-skeleton::after {
        content: '';
        animation: p-skeleton-animation 1.2s infinite;
        height: 100%;
        left: 0;
        position: absolute;
        right: 0;
        top: 0;
        transform: translateX(-100%);
        z-index: 1;
        background: linear-gradient(90deg, rgba(255, 255, 255, 0), dt('skeleton.animation.background'), rgba(255, 255, 255, 0));
    }

    [dir='rtl'] .p-skeleton::after {
        animation-name: p-skeleton-animation-rtl;
    }

    .p-skeleton-circle {
        border-radius: 50%;
    }

    .p-skeleton-animation-none::after {
        animation: none;
    }

    @keyframes p-skeleton-animation {
        from {
            transform: translateX(-100%);
        }
        to {
            transform: translateX(100%);
        }
    }

    @keyframes p-skeleton-animation-rtl {
        from {
            transform: translateX(100%);
        }
        to {
            transform: translateX(-100%);
        }
    }
`,classes:{root:function(e){var t=e.props;return[`p-skeleton p-component`,{"p-skeleton-circle":t.shape===`circle`,"p-skeleton-animation-none":t.animation===`none`}]}},inlineStyles:{root:{position:`relative`}}}),O={name:`BaseSkeleton`,extends:C,props:{shape:{type:String,default:`rectangle`},size:{type:String,default:null},width:{type:String,default:`100%`},height:{type:String,default:`1rem`},borderRadius:{type:String,default:null},animation:{type:String,default:`wave`}},style:D,provide:function(){return{$pcSkeleton:this,$parentInstance:this}}};function k(e){"@babel/helpers - typeof";return k=typeof Symbol==`function`&&typeof Symbol.iterator==`symbol`?function(e){return typeof e}:function(e){return e&&typeof Symbol==`function`&&e.constructor===Symbol&&e!==Symbol.prototype?`symbol`:typeof e},k(e)}function A(e,t,n){return(t=j(t))in e?Object.defineProperty(e,t,{value:n,enumerable:!0,configurable:!0,writable:!0}):e[t]=n,e}function j(e){var t=M(e,`string`);return k(t)==`symbol`?t:t+``}function M(e,t){if(k(e)!=`object`||!e)return e;var n=e[Symbol.toPrimitive];if(n!==void 0){var r=n.call(e,t);if(k(r)!=`object`)return r;throw TypeError(`@@toPrimitive must return a primitive value.`)}return(t===`string`?String:Number)(e)}var N={name:`Skeleton`,extends:O,inheritAttrs:!1,computed:{containerStyle:function(){return this.size?{width:this.size,height:this.size,borderRadius:this.borderRadius}:{width:this.width,height:this.height,borderRadius:this.borderRadius}},dataP:function(){return g(A({},this.shape,this.shape))}}},P=[`data-p`];function F(e,t,n,i,a,c){return s(),o(`div`,r({class:e.cx(`root`),style:[e.sx(`root`),c.containerStyle],"aria-hidden":`true`},e.ptmi(`root`),{"data-p":c.dataP}),null,16,P)}N.render=F;var I={class:`flex flex-col items-center text-center px-4 py-12 gap-2`,role:`alert`,"data-testid":`error`},L={class:`font-semibold text-lg`},R={key:0,class:`text-muted-color max-w-md break-words`},z={key:1,class:`text-sm text-muted-color`},B={class:`mt-2 flex flex-wrap justify-center gap-2`},V=a({__name:`ErrorState`,props:{error:{}},emits:[`retry`],setup(r){let i=r,a=h(()=>v(i.error)),l=E(),u=h(()=>!b(i.error)||y.value===`open`?``:y.value===`reader`||y.value===`admin`?`Use another token`:`Sign in`);return(r,i)=>{let m=T,h=S;return s(),o(`div`,I,[i[3]||=c(`span`,{class:`grid place-items-center w-14 h-14 rounded-2xl bg-red-50 dark:bg-red-950 mb-2`},[c(`i`,{class:`pi pi-exclamation-circle text-2xl text-red-700 dark:text-red-300`,"aria-hidden":`true`})],-1),c(`p`,L,p(a.value.title),1),a.value.detail?(s(),o(`p`,R,p(a.value.detail),1)):t(``,!0),a.value.traceId?(s(),o(`p`,z,[i[2]||=e(` Trace `,-1),d(m,{id:a.value.traceId,label:`trace id`},null,8,[`id`])])):t(``,!0),c(`div`,B,[d(h,{label:`Try again`,icon:`pi pi-refresh`,severity:`secondary`,onClick:i[0]||=e=>r.$emit(`retry`)}),u.value?(s(),n(h,{key:0,label:u.value,icon:`pi pi-key`,onClick:i[1]||=e=>f(l).open(f(y)!==`anonymous`)},null,8,[`label`])):t(``,!0)])])}}});function H(e){let t=m(),n=m(),r=u(!1),a=h(()=>t.value===void 0&&n.value===void 0),o=0;async function s(){let i=++o;r.value=!0;try{let r=await e();if(i!==o)return;t.value=r,n.value=void 0}catch(e){if(i!==o)return;n.value=e,b(e)&&(t.value=void 0)}finally{i===o&&(r.value=!1)}}function c(){o++,t.value=void 0,n.value=void 0}let d=w();return i(()=>d.resumed,()=>void s()),_(e=>{e&&c(),s()}),l(()=>o=1/0),{data:t,error:n,busy:r,loading:a,reload:s,clear:c}}export{V as n,N as r,H as t};