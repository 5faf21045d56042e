import{E as e,K as t,N as n,S as r,T as i,V as a,X as o,Y as s,Z as c,b as l,k as u,tt as d,v as f,w as p,x as m,y as h}from"./vue-ke8U_SYd.js";import{$ as g,E as _,O as v,Ot as y,Y as b,lt as x,rt as S,st as C,t as w}from"./live-Df11uYdS.js";import{E as T,o as E}from"./index-BPs8jj2n.js";var D=x.extend({name:`skeleton`,style:`
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
`,classes:{root:function(e){var t=e.props;return[`p-skeleton p-component`,{"p-skeleton-circle":t.shape===`circle`,"p-skeleton-animation-none":t.animation===`none`}]}},inlineStyles:{root:{position:`relative`}}}),O={name:`BaseSkeleton`,extends:C,props:{shape:{type:String,default:`rectangle`},size:{type:String,default:null},width:{type:String,default:`100%`},height:{type:String,default:`1rem`},borderRadius:{type:String,default:null},animation:{type:String,default:`wave`}},style:D,provide:function(){return{$pcSkeleton:this,$parentInstance:this}}};function k(e){"@babel/helpers - typeof";return k=typeof Symbol==`function`&&typeof Symbol.iterator==`symbol`?function(e){return typeof e}:function(e){return e&&typeof Symbol==`function`&&e.constructor===Symbol&&e!==Symbol.prototype?`symbol`:typeof e},k(e)}function A(e,t,n){return(t=j(t))in e?Object.defineProperty(e,t,{value:n,enumerable:!0,configurable:!0,writable:!0}):e[t]=n,e}function j(e){var t=M(e,`string`);return k(t)==`symbol`?t:t+``}function M(e,t){if(k(e)!=`object`||!e)return e;var n=e[Symbol.toPrimitive];if(n!==void 0){var r=n.call(e,t);if(k(r)!=`object`)return r;throw TypeError(`@@toPrimitive must return a primitive value.`)}return(t===`string`?String:Number)(e)}var N={name:`Skeleton`,extends:O,inheritAttrs:!1,computed:{containerStyle:function(){return this.size?{width:this.size,height:this.size,borderRadius:this.borderRadius}:{width:this.width,height:this.height,borderRadius:this.borderRadius}},dataP:function(){return y(A({},this.shape,this.shape))}}},P=[`data-p`];function F(e,t,i,a,o,s){return n(),r(`div`,u({class:e.cx(`root`),style:[e.sx(`root`),s.containerStyle],"aria-hidden":`true`},e.ptmi(`root`),{"data-p":s.dataP}),null,16,P)}N.render=F;var I={class:`flex flex-col items-center text-center px-4 py-12 gap-2`,role:`alert`,"data-testid":`error`},L={class:`font-semibold text-lg`},R={key:0,class:`text-muted-color max-w-md break-words`},z={key:1,class:`text-sm text-muted-color`},B={class:`mt-2 flex flex-wrap justify-center gap-2`},V=e({__name:`ErrorState`,props:{error:{}},emits:[`retry`],setup(e){let t=e,a=f(()=>b(t.error)),o=E(),s=f(()=>!g(t.error)||v.value===`open`?``:v.value===`reader`||v.value===`admin`?`Use another token`:`Sign in`);return(e,t)=>{let u=T,f=S;return n(),r(`div`,I,[t[3]||=h(`span`,{class:`grid place-items-center w-14 h-14 rounded-2xl bg-red-50 dark:bg-red-950 mb-2`},[h(`i`,{class:`pi pi-exclamation-circle text-2xl text-red-700 dark:text-red-300`,"aria-hidden":`true`})],-1),h(`p`,L,d(a.value.title),1),a.value.detail?(n(),r(`p`,R,d(a.value.detail),1)):m(``,!0),a.value.traceId?(n(),r(`p`,z,[t[2]||=p(` Trace `,-1),i(u,{id:a.value.traceId,label:`trace id`},null,8,[`id`])])):m(``,!0),h(`div`,B,[i(f,{label:`Try again`,icon:`pi pi-refresh`,severity:`secondary`,onClick:t[0]||=t=>e.$emit(`retry`)}),s.value?(n(),l(f,{key:0,label:s.value,icon:`pi pi-key`,onClick:t[1]||=e=>c(o).open(c(v)!==`anonymous`)},null,8,[`label`])):m(``,!0)])])}}});function H(e){let n=o(),r=o(),i=s(!1),c=0;async function l(){let t=++c;i.value=!0;try{let i=await e();if(t!==c)return;n.value=i,r.value=void 0}catch(e){if(t!==c)return;r.value=e,g(e)&&(n.value=void 0)}finally{t===c&&(i.value=!1)}}function u(){c++,n.value=void 0,r.value=void 0}let d=w();return a(()=>d.resumed,()=>void l()),_(e=>{e&&u(),l()}),t(()=>c=1/0),{data:n,error:r,busy:i,reload:l,clear:u}}export{V as n,N as r,H as t};